/**
 * Ending all sessions of a user: passes it on from the user database to the records on Redis.
 *
 * Invariants: (1) the commit in the user database ends the sessions: its mark is at least as new as every
 * session that it ends, and every check compares with it, so the later work on Redis only frees memory and
 * finds out which sessions ended; (2) the statement that ends the sessions names the one to keep, so that one
 * is valid throughout; its record follows after the commit, and nothing depends on that; (3) none of our
 * transactions is open during a call to Redis.
 */

import { AuthError } from '../base/index.js'
import type { Logger } from '../base/index.js'
import type { SessionBackendParts, ExactTime, SessionId, Standing, Store } from '../core/index.js'
import type { Records } from './records.js'

type Remaining = Pick<Standing, 'endedAt' | 'spared'>

// Later than every time: nothing is kept of a deleted user.
const nothing: Remaining = { endedAt: '~', spared: null }

interface Ended {
  readonly ended: SessionId[]
}

/** The revocations for one database, or for a caller's transaction. */
export function createEndings(records: Records, logger: Logger, beside: SessionBackendParts) {
  const { store, ledger, inTransaction } = beside

  async function removeBefore(userId: string, { endedAt, spared }: Remaining): Promise<SessionId[]> {
    try {
      // Nothing may be written before the commit. The records left behind are invalid because of the mark,
      // and expire.
      if (inTransaction) {
        const listed = await records.list(userId)
        const over = listed.filter(({ validSince, session }) => validSince < endedAt && session.id !== spared)
        return over.map(({ session }) => session.id)
      }
      // In this order, so that the kept session is no longer older than the mark.
      if (spared !== null) await records.spare(spared, userId, endedAt)
      return await records.removeEnded(userId, endedAt)
    } catch (error) {
      if (!AuthError.is(error)) throw error
      logger.warn({ reason: error.reason }, 'sessions were ended, but their records could not be deleted')
      return []
    }
  }

  async function settle(userId: string): Promise<SessionId[]> {
    const standing = await ledger.standing(userId)
    const ended = await removeBefore(userId, standing ?? nothing)
    return standing === null ? [] : ledger.recordEnded(userId, ended)
  }

  async function ending<T extends Ended>(userId: string, change: () => Promise<T | null>): Promise<T | null> {
    const changed = await change()
    return changed === null ? null : { ...changed, ended: await settle(userId) }
  }

  const sinceOf = async (userId: string, keep: SessionId | null): Promise<ExactTime | null> =>
    keep === null ? null : records.validSince(keep, userId)

  return {
    async revokeAll(userId: string, keep: SessionId | null): Promise<SessionId[] | null> {
      const keptSince = await sinceOf(userId, keep)
      const revoked = await ending(userId, async () => {
        const ended = await store.sessions.revokeAll(userId, keep, keptSince)
        return ended === null ? null : { ended }
      })
      return revoked?.ended ?? null
    },

    users: {
      ...store.users,
      disable: (userId) => ending(userId, () => store.users.disable(userId)),
      async delete(userId) {
        const deleted = await store.users.delete(userId)
        if (deleted && !inTransaction) await removeBefore(userId, nothing)
        return deleted
      },
    } satisfies Store['users'],

    passwords: {
      ...store.passwords,
      async set(change) {
        const keptSince = await sinceOf(change.userId, change.keep)
        return ending(change.userId, () => store.passwords.set({ ...change, keptSince }))
      },
    } satisfies Store['passwords'],

    verifications: {
      ...store.verifications,
      async redeem(type, by, options) {
        const redeemed = await store.verifications.redeem(type, by, options)
        if (redeemed.outcome !== 'verified' || !redeemed.renewed) return redeemed
        return { ...redeemed, ended: await settle(redeemed.user.id) }
      },
    } satisfies Store['verifications'],
  }
}

/** Creates the revocations. */
export type Endings = ReturnType<typeof createEndings>
