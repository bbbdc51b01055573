/**
 * What ends all sessions of a user, carried through from the database of users to the records on Redis.
 *
 * Invariants: (1) the ending is the commit of that database: its mark is older than no session that it ends, and every
 * check compares with it, so what happens on Redis afterwards only makes room and tells which sessions ended; (2) a
 * session that is to be spared is moved to the mark before the commit, so that it is never dead in between; moved for a
 * change that is then rolled back, it is as it was, since the next ending has a later mark.
 */

import { AuthError } from '../base/index.js'
import type { Logger } from '../base/index.js'
import type { KeptBeside, Moment, SessionId, Store } from '../core/index.js'
import type { Records } from './records.js'

// Later than every moment: of a user who is gone nothing is left.
const afterAll: Moment = '~'

interface Ended {
  readonly ended: SessionId[]
}

/** The endings beside one database, or beside a transaction of the caller's. */
export function createEndings(records: Records, logger: Logger, beside: KeptBeside) {
  const { store, ledger, inTransaction, atomically } = beside

  async function removeBefore(userId: string, endedAt: Moment): Promise<SessionId[]> {
    try {
      // Before the commit nothing may be removed. What stays behind is dead by the mark, and goes with its time.
      if (!inTransaction) return await records.removeEnded(userId, endedAt)
      const listed = await records.list(userId)
      return listed.filter(({ validSince }) => validSince < endedAt).map(({ session }) => session.id)
    } catch (error) {
      if (!AuthError.is(error)) throw error
      logger.warn({ reason: error.reason }, 'sessions were ended, and their records could not be removed')
      return []
    }
  }

  async function settle(userId: string): Promise<SessionId[]> {
    const standing = await ledger.standing(userId)
    const ended = await removeBefore(userId, standing?.endedAt ?? afterAll)
    return standing === null ? [] : ledger.recordEnded(userId, ended)
  }

  async function sparing<T>(
    userId: string,
    keep: SessionId,
    change: (store: Store) => Promise<T | null>,
  ): Promise<T | null> {
    return atomically(async (within) => {
      const before = await within.ledger.standing(userId, { lock: true })
      if (before === null) return null
      const changed = await change(within.store)
      const after = await within.ledger.standing(userId)
      if (changed === null || after === null) return null
      await records.spare(keep, { userId, from: before.endedAt, to: after.endedAt })
      return changed
    })
  }

  async function ending<T extends Ended>(
    userId: string,
    keep: SessionId | null,
    change: (store: Store) => Promise<T | null>,
  ): Promise<T | null> {
    const changed = keep === null ? await change(store) : await sparing(userId, keep, change)
    return changed === null ? null : { ...changed, ended: await settle(userId) }
  }

  return {
    async revokeAll(userId: string, keep: SessionId | null): Promise<SessionId[] | null> {
      const change = async (on: Store): Promise<Ended | null> => {
        const ended = await on.sessions.revokeAll(userId, null)
        return ended === null ? null : { ended }
      }
      return (await ending(userId, keep, change))?.ended ?? null
    },

    users: {
      ...store.users,
      disable: (userId) => ending(userId, null, (on) => on.users.disable(userId)),
      async delete(userId) {
        const deleted = await store.users.delete(userId)
        if (deleted && !inTransaction) await removeBefore(userId, afterAll)
        return deleted
      },
    } satisfies Store['users'],

    passwords: {
      ...store.passwords,
      set: (change) =>
        ending(change.userId, change.keep, (on) => on.passwords.set({ ...change, keep: null })),
    } satisfies Store['passwords'],

    verifications: {
      ...store.verifications,
      async redeem(type, by, newPassword) {
        const redeemed = await store.verifications.redeem(type, by, newPassword)
        if (redeemed.outcome !== 'verified' || (type !== 'recovery' && !redeemed.proven)) return redeemed
        return { ...redeemed, ended: await settle(redeemed.user.id) }
      },
    } satisfies Store['verifications'],
  }
}

/** The endings. */
export type Endings = ReturnType<typeof createEndings>
