/** Calls listeners with committed events. An error in a listener is logged and changes nothing. */

import type { Logger } from '../base/index.js'
import type { AuthEvent, EventListener, EventType } from '../core/index.js'

/** The listeners of one `Auth`. */
export function createEvents(logger: Logger) {
  const listeners = new Map<EventType | '*', Set<EventListener>>()

  async function tell(listener: EventListener, event: AuthEvent): Promise<void> {
    try {
      await listener(event)
    } catch (error) {
      logger.error({ event: event.type, error: (error as Error | undefined)?.message }, 'a listener failed')
    }
  }

  return {
    /**
     * Calls `listener` for each event of this type, or of every type with `'*'`. Returns a function that
     * stops it.
     */
    on(type: EventType | '*', listener: EventListener): () => void {
      const known = listeners.get(type) ?? new Set()
      listeners.set(type, known.add(listener))
      return () => known.delete(listener)
    },

    announce(recorded: readonly AuthEvent[]): void {
      for (const event of recorded) {
        for (const key of [event.type, '*'] as const) {
          for (const listener of listeners.get(key) ?? []) void tell(listener, Object.freeze({ ...event }))
        }
      }
    },
  }
}
