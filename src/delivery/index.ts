export { createInbox } from './inbox.js'
export type { Inbox } from './inbox.js'
export { createWorker, platformTimers } from './worker.js'
export type { DrainReport, Timers, Worker, WorkerOptions } from './worker.js'
