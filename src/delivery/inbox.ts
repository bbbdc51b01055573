/** An inbox in memory: the sender of development and of tests. */

import type { Message, Sender } from '../core/index.js'

/** Keeps what it is given. */
export interface Inbox extends Sender {
  /** All messages, the oldest first. */
  all(): readonly Message[]
  /** The messages to one address. */
  to(value: string): readonly Message[]
  /** The last message, of all or of one address. */
  latest(value?: string): Message | undefined
  clear(): void
}

/** An inbox that keeps the last `limit` messages, each once. */
export function createInbox(limit = 1000): Inbox {
  let messages: Message[] = []
  const inbox: Inbox = {
    deliver(message) {
      const known = messages.some(({ id }) => id === message.id)
      if (!known) messages = [...messages, message].slice(-limit)
      return Promise.resolve()
    },
    all: () => messages,
    to: (value) => messages.filter((message) => message.to.value === value),
    latest: (value) => (value === undefined ? messages : inbox.to(value)).at(-1),
    clear() {
      messages = []
    },
  }
  return inbox
}
