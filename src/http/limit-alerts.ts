/**
 * Alerts the operator when a limit shared by all, or by a country, is reached, so that strangers must solve a
 * toll.
 *
 * Invariants: (1) each limit is reported at most once a minute, in the log by each node and in the audit log
 * by one of them; (2) an alert names a limit and no person; (3) a fault here never fails the request.
 */

import type { LimitName, Logger } from '../base/index.js'
import type { LimitStore } from '../core/index.js'

/** The parts of the alerts. */
export interface LimitAlertsParts {
  readonly store: Pick<LimitStore, 'reached'>
  readonly logger: Logger
  readonly count: (limit: LimitName) => void
  readonly now: () => number
}

const watched: ReadonlySet<LimitName> = new Set([
  'passwordGlobal',
  'codeGlobal',
  'messageCountry',
  'messageGlobal',
  'signUpGlobal',
])
const pauseMs = 60_000

/** Reports the reached limits that an operator needs to know about. Never throws. */
export function createLimitAlerts({ store, logger, count, now }: LimitAlertsParts) {
  const told = new Map<LimitName, number>()

  async function record(limit: LimitName): Promise<void> {
    try {
      await store.reached(limit)
    } catch (error) {
      told.delete(limit)
      logger.warn({ limit, error: (error as Error).message }, 'a reached limit could not be recorded')
    }
  }

  return async (names: readonly LimitName[]): Promise<void> => {
    for (const name of names) {
      if (!watched.has(name)) continue
      count(name)
      if (now() - (told.get(name) ?? -Infinity) < pauseMs) continue
      told.set(name, now())
      logger.warn({ limit: name }, 'a limit was reached: strangers must solve a toll')
      await record(name)
    }
  }
}
