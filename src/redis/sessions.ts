/**
 * The core's sessions, stored as records on Redis and checked by the ledger of the user database.
 *
 * Invariants: (1) a session is live only while its record is, its user is enabled, and it is not older than
 * the last time all of the user's sessions were ended: the ledger checks the last two every time; (2) reading
 * never writes; (3) nothing is written inside of a caller's transaction, because a rollback would not undo
 * it.
 */

import type {
  FoundSession,
  SessionBackendParts,
  NewSession,
  Session,
  SessionId,
  SessionLedger,
  SessionStore,
} from '../core/index.js'
import type { Endings } from './revocation.js'
import type { KeptRecord, Records, RevokedBy } from './records.js'

type Admitted = Exclude<Awaited<ReturnType<SessionLedger['admit']>>, string | null>

function latestFirst(one: Session, other: Session): number {
  const later = other.createdAt.getTime() - one.createdAt.getTime()
  return later === 0 ? (one.id < other.id ? -1 : 1) : later
}

/** The sessions for one database, or for a caller's transaction. */
export function createKeptSessions(
  records: Records,
  endings: Endings,
  beside: SessionBackendParts,
): SessionStore {
  const { store, ledger, inTransaction } = beside

  function refuseInTransaction(operation: string): void {
    if (!inTransaction) return
    throw new TypeError(
      `accounts.with(tx).${operation} can't be rolled back, because sessions are stored on Redis: call auth.accounts.${operation} after the commit.`,
    )
  }

  async function owned(looking: Promise<KeptRecord | null>): Promise<FoundSession | null> {
    const record = await looking
    if (record === null) return null
    const owner = await ledger.owner({ ...record.session, validSince: record.validSince })
    return owner === null ? null : { ...owner, session: record.session }
  }

  // The proof is kept until the record is acknowledged: after a fault its browser uses it again.
  async function createFor(session: NewSession, proof: string, admitted: Admitted) {
    try {
      if (admitted.before !== null) await records.revoke(admitted.before, session)
      const made = await records.create(session, admitted)
      await store.verifications.settle(proof)
      return made
    } catch (error) {
      await ledger.release(proof, session.id).catch(() => undefined)
      throw error
    }
  }

  // Recorded before waiting for the replicas: from now on the session is ended, whether they have that or
  // not.
  async function revoke(id: SessionId, by: RevokedBy) {
    const revoked = await records.revoke(id, by)
    if (revoked !== null) await ledger.recordRevoked(revoked.userId, revoked.id)
    await records.confirmRevoked(id, by)
    if (revoked === null) return { ids: [], userId: null }
    return { ids: [revoked.id], userId: revoked.userId }
  }

  // The records of a user that are still valid according to the user database.
  async function counting(userId: string, look: () => Promise<KeptRecord[]>): Promise<Session[]> {
    const standing = await ledger.standing(userId)
    if (standing === null || standing.disabled) return []
    return (await look())
      .filter(({ validSince, session }) => validSince >= standing.endedAt || session.id === standing.spared)
      .map(({ session }) => session)
  }

  async function live(userId: string): Promise<Session[]> {
    return (await counting(userId, () => records.list(userId))).sort(latestFirst)
  }

  // Ends the user's oldest sessions above the maximum.
  async function trim(userId: string): Promise<SessionId[]> {
    const ended: SessionId[] = []
    for (const { id } of (await live(userId)).slice(records.maxPerUser)) {
      ended.push(...(await revoke(id, { userId })).ids)
    }
    return ended
  }

  return {
    async create(session) {
      refuseInTransaction('generateUserSessionToken')
      const admitted = await ledger.admit(session)
      if (admitted === null || admitted === 'proof_used') return admitted
      const { session: made, crowded } =
        session.proof === null
          ? await records.create(session, admitted)
          : await createFor(session, session.proof, admitted)
      return { session: made, ended: crowded ? await trim(session.userId) : [] }
    },

    async findUser(id, secretHash) {
      return (await owned(records.find(id, secretHash)))?.user ?? null
    },

    find: (id, secretHash) => owned(records.find(id, secretHash)),

    async list(userId, { after, limit }) {
      const all = await live(userId)
      const start = after === null ? 0 : all.findIndex(({ id }) => id === after) + 1
      return after !== null && start === 0 ? [] : all.slice(start, start + (limit ?? records.maxPerUser))
    },

    async findLive(userId, ids) {
      const found = await counting(userId, () => records.findAll(ids))
      return found.filter((session) => session.userId === userId).map(({ id }) => id)
    },

    async touch(id) {
      refuseInTransaction('touchSession')
      const due = await owned(records.findDue(id))
      return due === null ? null : records.touch(id)
    },

    async revokeByToken(id, secretHash) {
      refuseInTransaction('revokeUserSessionToken')
      return revoke(id, { secretHash })
    },

    async revoke(userId, id) {
      refuseInTransaction('revokeUserSession')
      return (await revoke(id, { userId })).ids
    },

    revokeAll: (userId, keep) => endings.revokeAll(userId, keep),
  }
}
