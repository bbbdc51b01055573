/**
 * Tells the operator that a limit of all, or of a country, is reached, so that strangers owe a toll.
 *
 * Invariants: (1) each limit is told once a minute at most, in the log by each node and in the audit by one of them;
 * (2) it names a limit and nobody; (3) a fault here is none of the request.
 */

import type { Logger } from '../base/index.js'
import type { LimitStore } from '../core/index.js'

/** What is told, and to whom. */
export interface LimitAlertsParts {
  readonly store: Pick<LimitStore, 'reached'>
  readonly logger: Logger
  readonly count: (limit: string) => void
  readonly now: () => number
}

const watched: ReadonlySet<string> = new Set([
  'passwordGlobal',
  'codeGlobal',
  'messageCountry',
  'messageGlobal',
  'signUpGlobal',
])
const pauseMs = 60_000

/** Tells of the limits of this list that an operator has to hear of. Never throws. */
export function createLimitAlerts({ store, logger, count, now }: LimitAlertsParts) {
  const told = new Map<string, number>()

  async function record(limit: string): Promise<void> {
    try {
      await store.reached(limit)
    } catch (error) {
      told.delete(limit)
      logger.warn(
        { limit, error: (error as Error).message },
        'a limit that was reached could not be recorded',
      )
    }
  }

  return async (names: readonly string[]): Promise<void> => {
    for (const name of names) {
      if (!watched.has(name)) continue
      count(name)
      if (now() - (told.get(name) ?? -Infinity) < pauseMs) continue
      told.set(name, now())
      logger.warn({ limit: name }, 'a limit is reached: strangers solve a toll')
      await record(name)
    }
  }
}
