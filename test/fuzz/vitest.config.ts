/** The long run: `npm run test:fuzz`. */

import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/fuzz/*.test.ts'],
    globalSetup: ['test/harness/global-postgres.ts'],
    pool: 'forks',
    env: { LATCHKEY_FUZZ_REQUESTS: process.env['LATCHKEY_FUZZ_REQUESTS'] ?? '100000' },
    hookTimeout: 60_000,
  },
})
