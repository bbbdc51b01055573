/** The timing gate: `npm run test:timing`. It is no part of `npm test`, since it needs a machine that is left alone. */

import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/timing/*.timing.ts'],
    globalSetup: ['test/harness/durable-postgres.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 1_800_000,
    hookTimeout: 300_000,
  },
})
