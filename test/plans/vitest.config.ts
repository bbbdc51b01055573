import { defineConfig } from 'vitest/config'

/** The plans at a million rows: `npm run plans`. The same sentences run in `npm test` at fewer rows. */
export default defineConfig({
  test: {
    include: ['test/plans/**/*.test.ts', 'test/ports/many-sessions.test.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 600_000,
    hookTimeout: 1_800_000,
    env: { LATCHKEY_PLAN_ROWS: '1000000' },
  },
})
