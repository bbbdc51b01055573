/**
 * Giving charges back, also where the database was away when it should have been told.
 *
 * Invariants: (1) what a fault left open is settled before this node charges anything else; (2) a charge of which
 * nobody knows whether it was counted is undone by its own name, so that nothing else is given back; (3) what waits is
 * bounded.
 */

import type { Charge, Limits } from '../core/index.js'
import type { HttpKeys } from './http-keys.js'

/** The charges of one node that are to be given back. */
export interface Returns {
  /** Charges by `take`, which is told a name. Where that fails, the charge is undone. */
  guard<T>(charges: readonly Charge[], take: (id: string) => Promise<T>): Promise<T>
  /** Gives back what was charged. Never throws: what fails is done later. */
  give(charges: readonly Charge[]): Promise<void>
  /** Settles what was left open. Never throws. */
  flush(): Promise<void>
}

const most = 10_000

/** The returns of one engine. */
export function createReturns(
  limits: Pick<Limits, 'refund' | 'undo'>,
  keys: Pick<HttpKeys, 'newId'>,
): Returns {
  let open: (() => Promise<void>)[] = []

  async function attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch {
      if (open.length < most) open.push(work)
    }
  }

  return {
    async guard(charges, take) {
      const id = keys.newId()
      try {
        return await take(id)
      } catch (error) {
        await attempt(() => limits.undo(charges, id))
        throw error
      }
    },

    give: (charges) => attempt(() => limits.refund(charges)),

    async flush() {
      if (open.length === 0) return
      const works = open
      open = []
      for (const work of works) await attempt(work)
    },
  }
}
