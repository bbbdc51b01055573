export { createSessionCache } from './session-cache.js'
export type { SessionCache } from './session-cache.js'
export { createSessionFeed } from './session-feed.js'
export type { SessionFeed } from './session-feed.js'
