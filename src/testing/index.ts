/** `latchkey/testing`: an `Auth` in memory with an inbox and a clock, and a test suite for your database. */

export { createTestAuth } from './test-auth.js'
export type { TestAuth } from './test-auth.js'
export type { TestClock } from './clock.js'
export type { TestInbox } from './inbox.js'
export { describeStore } from './store-suite.js'
export type { StoreSuiteRunner } from './store-suite.js'
