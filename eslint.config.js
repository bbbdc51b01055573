import js from '@eslint/js'
import tseslint from 'typescript-eslint'

// Console, environment, clock and chance are allowed where their one place is.
const ambient = [
  { object: 'Date', property: 'now', message: 'Time comes through a port.' },
  { object: 'Math', property: 'random', message: 'Chance comes through a port.' },
  { object: 'process', property: 'env', message: 'The environment is read in base and cli.' },
]

export default tseslint.config(
  { ignores: ['dist/', 'test/types/', 'coverage/', 'bench/', 'examples/', '**/generated.ts'] },
  js.configs.recommended,
  {
    files: ['scripts/**/*.mjs', 'test/**/*.mjs', 'eslint.config.js'],
    languageOptions: {
      globals: {
        console: 'readonly',
        process: 'readonly',
        Buffer: 'readonly',
        URL: 'readonly',
        fetch: 'readonly',
        setTimeout: 'readonly',
        setInterval: 'readonly',
      },
    },
  },
  {
    files: ['src/ui/assets/*.js'],
    languageOptions: {
      globals: {
        btoa: 'readonly',
        crypto: 'readonly',
        document: 'readonly',
        location: 'readonly',
        navigator: 'readonly',
        self: 'readonly',
        performance: 'readonly',
        addEventListener: 'readonly',
        fetch: 'readonly',
        setTimeout: 'readonly',
        DOMParser: 'readonly',
        EventSource: 'readonly',
      },
    },
  },
  {
    files: ['src/**/*.{ts,tsx}', 'test/**/*.ts', 'vitest.config.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      // Nothing here uses `this`: the methods of our objects are closures.
      '@typescript-eslint/unbound-method': 'off',
      // The state of closures changes between two awaits, which this rule does not see.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      'no-fallthrough': 'off',
      eqeqeq: 'error',
      'no-console': 'error',
      'max-lines': ['error', 400],
      'max-params': ['error', 4],
    },
  },
  {
    files: ['src/**/*.{ts,tsx}'],
    ignores: ['src/cli/**', 'src/base/**', 'src/testing/**', 'src/auth/auth.ts', '**/*.test.ts'],
    rules: { 'no-restricted-properties': ['error', ...ambient] },
  },
  { files: ['test/**/*.ts', 'src/**/*.test.ts'], rules: { 'max-lines': ['error', 600] } },
)
