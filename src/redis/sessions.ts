/**
 * The core's sessions over records on Redis and the ledger of the database of users.
 *
 * Invariants: (1) a session is live only while its record is, its user is enabled, and it is not older than the user's
 * last ending of all sessions: the ledger judges the last two in every check; (2) reading never writes; (3) nothing is
 * written inside of a caller's transaction, because a rollback would not take it back.
 */

import type { KeptBeside, Session, SessionId, SessionStore, User } from '../core/index.js'
import type { Endings } from './endings.js'
import type { KeptRecord, Records } from './records.js'

function latestFirst(one: Session, other: Session): number {
  const later = other.createdAt.getTime() - one.createdAt.getTime()
  return later === 0 ? (one.id < other.id ? -1 : 1) : later
}

/** The sessions beside one database, or beside a transaction of the caller's. */
export function createKeptSessions(records: Records, endings: Endings, beside: KeptBeside): SessionStore {
  const { ledger, inTransaction } = beside

  function refuseInTransaction(operation: string): void {
    if (!inTransaction) return
    throw new TypeError(
      `accounts.with(tx).${operation} can't be rolled back, because sessions are kept on Redis: call auth.accounts.${operation} after the commit.`,
    )
  }

  async function owned(record: KeptRecord | null): Promise<{ user: User; session: Session } | null> {
    if (record === null) return null
    const user = await ledger.owner(record.session.userId, record.validSince)
    return user === null ? null : { user, session: record.session }
  }

  async function revoke(id: SessionId, by: Parameters<Records['revoke']>[1]) {
    const revoked = await records.revoke(id, by)
    if (revoked === null) return { ids: [], userId: null }
    await ledger.recordEnded(revoked.userId, [revoked.id])
    return { ids: [revoked.id], userId: revoked.userId }
  }

  return {
    async create(session) {
      refuseInTransaction('generateUserSessionToken')
      const admitted = await ledger.admit(session)
      return admitted === null ? null : records.create(session, admitted)
    },

    async findUser(id, secretHash) {
      const record = await records.find(id, secretHash)
      return record === null ? null : ledger.owner(record.session.userId, record.validSince)
    },

    find: async (id, secretHash) => owned(await records.find(id, secretHash)),

    async list(userId) {
      const [standing, found] = await Promise.all([ledger.standing(userId), records.list(userId)])
      if (standing === null || standing.disabled) return []
      return found
        .filter(({ validSince }) => validSince >= standing.endedAt)
        .map(({ session }) => session)
        .sort(latestFirst)
    },

    async touch(id) {
      refuseInTransaction('touchSession')
      const due = await owned(await records.findDue(id))
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
