/**
 * Takes attempts off their limits again, also where the database was away at that moment.
 *
 * Invariants: (1) what a fault left open is settled before this node counts anything else; (2) an attempt of which
 * nobody knows whether it was counted is undone by its own name, so that nothing else is given back; (3) what waits is
 * bounded.
 */

import type { Limit, LimitStore } from '../core/index.js'
import type { HttpKeys } from './http-keys.js'

/** What one node has to take off its limits again. */
export interface Refunds {
  /** Counts by `take`, under the name that it gets. Where that fails, what it counted is undone. */
  guard<T>(limits: readonly Limit[], take: (id: string) => Promise<T>): Promise<T>
  /** Gives back what was charged. Never throws: what fails is done later. */
  give(limits: readonly Limit[]): Promise<void>
  /** Settles what was left open. Never throws. */
  flush(): Promise<void>
}

const most = 10_000

/** The returns of one engine. */
export function createRefunds(
  store: Pick<LimitStore, 'refund' | 'undo'>,
  keys: Pick<HttpKeys, 'newId'>,
): Refunds {
  let open: (() => Promise<void>)[] = []

  async function attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch {
      if (open.length < most) open.push(work)
    }
  }

  return {
    async guard(limits, take) {
      const id = keys.newId()
      try {
        return await take(id)
      } catch (error) {
        await attempt(() => store.undo(limits, id))
        throw error
      }
    },

    give: (limits) => attempt(() => store.refund(limits)),

    async flush() {
      if (open.length === 0) return
      const works = open
      open = []
      for (const work of works) await attempt(work)
    },
  }
}
