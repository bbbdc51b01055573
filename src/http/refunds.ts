/**
 * Gives attempts back to their limits, even if the database is unreachable at that moment.
 *
 * Invariants: (1) this node settles open refunds before it counts anything else; (2) an attempt that may or
 * may not have been counted is undone by its own id, so that no other attempt is given back; (3) the number
 * of open refunds is bounded.
 */

import type { Limit, LimitStore } from '../core/index.js'
import type { HttpKeys } from './http-keys.js'

/** The refunds of one node. */
export interface Refunds {
  /** Counts an attempt by `take`, under the id that it gets. If that fails, whatever it counted is undone. */
  guard<T>(limits: readonly Limit[], take: (id: string) => Promise<T>): Promise<T>
  /** Gives counted attempts back. Never throws: a failed refund is tried again later. */
  give(limits: readonly Limit[]): Promise<void>
  /** Settles open refunds. Never throws. */
  flush(): Promise<void>
}

const most = 10_000

/** Creates the refunds of one `Auth`. */
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
