/** An inbox in memory: the sender for development and tests. */

import type { Message, Sender } from '../core/index.js'

/** A sender that keeps its messages. */
export interface Inbox extends Sender {
  /** All messages, oldest first. */
  all(): readonly Message[]
  /** The messages to one address. */
  to(value: string): readonly Message[]
  /** The latest message, of all or of one address. */
  latest(value?: string): Message | undefined
  clear(): void
  /** Calls `callback` with each message as it arrives. Returns a function that stops it. */
  onMessage(callback: (message: Message) => void): () => void
}

/**
 * Creates an inbox that keeps the last `limit` messages, each once, even if it is delivered again.
 * @default `limit`: 1000
 */
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
