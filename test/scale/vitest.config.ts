import { defineConfig } from 'vitest/config'

/** The long suite of many nodes: `npm run test:nodes`. It is no part of `npm test`. */
export default defineConfig({
  test: {
    include: ['test/scale/**/*.scale.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
})
