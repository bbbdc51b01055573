/** `latchkey/testing`: an engine in memory with an inbox and a clock, and the suite that a host may run. */

export { createTestAuth } from './test-auth.js'
export type { TestAuth } from './test-auth.js'
export type { TestClock } from './clock.js'
export type { TestInbox } from './inbox.js'
export { describeStore } from './store-suite.js'
export type { StoreSuiteRunner } from './store-suite.js'
