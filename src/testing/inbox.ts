/** The inbox of a test engine: looking into it delivers what is due, so that no test waits. */

import type { DrainReport, Inbox } from '../delivery/index.js'
import type { Message } from '../core/index.js'

/** What was sent. Every look delivers what is due first. */
export interface TestInbox {
  all(): Promise<readonly Message[]>
  to(value: string): Promise<readonly Message[]>
  /** The last message, of all or to one address. @throws Error when there is none */
  latest(value?: string): Promise<Message>
  clear(): Promise<void>
}

/** Looks into `inbox` after `drain`. */
export function createTestInbox(inbox: Inbox, drain: () => Promise<DrainReport>): TestInbox {
  return {
    async all() {
      await drain()
      return inbox.all()
    },
    async to(value) {
      await drain()
      return inbox.to(value)
    },
    async latest(value) {
      await drain()
      const message = inbox.latest(value)
      if (message === undefined)
        throw new Error(`The inbox holds no message${value === undefined ? '' : ` to ${value}`}.`)
      return message
    },
    async clear() {
      await drain()
      inbox.clear()
    },
  }
}
