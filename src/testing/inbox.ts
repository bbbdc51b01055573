/** The inbox of a test `Auth`: reading it first delivers what is due, so that no test waits. */

import type { DrainReport, Inbox } from '../delivery/index.js'
import type { Message } from '../core/index.js'

/** The sent messages. Every method first delivers what is due. */
export interface TestInbox {
  all(): Promise<readonly Message[]>
  to(value: string): Promise<readonly Message[]>
  /** The latest message, of all or to one address. @throws Error if there is none */
  latest(value?: string): Promise<Message>
  clear(): Promise<void>
}

/** Reads `inbox` after `drain`. */
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
        throw new Error(`The inbox has no message${value === undefined ? '' : ` to ${value}`}.`)
      return message
    },
    async clear() {
      await drain()
      inbox.clear()
    },
  }
}
