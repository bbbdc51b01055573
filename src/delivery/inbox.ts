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
  /** Calls back with each message when it comes. Returns how to stop. */
  onMessage(callback: (message: Message) => void): () => void
}

/** An inbox that keeps the last `limit` messages, 1000 by default, each once however often it is delivered. */
export function createInbox({ limit = 1000 }: { readonly limit?: number } = {}): Inbox {
  let messages: readonly Message[] = []
  const listeners = new Set<{ readonly call: (message: Message) => void }>()

  function to(value: string): readonly Message[] {
    return messages.filter((message) => message.to.value === value)
  }

  return {
    // eslint-disable-next-line @typescript-eslint/require-await -- so that a callback that throws fails the delivery
    async deliver(message) {
      if (messages.some(({ id }) => id === message.id)) return
      messages = [...messages, message].slice(-limit)
      for (const { call } of listeners) call(message)
    },
    all: () => messages,
    to,
    latest: (value) => (value === undefined ? messages : to(value)).at(-1),
    clear() {
      messages = []
    },
    onMessage(callback) {
      const listener = { call: callback }
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
