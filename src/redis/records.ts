/**
 * Session records on Redis: one hash per session in the slot of its id, and one sorted set per user with the
 * ids of their sessions. A token contains only the id, so a lookup reads one key on one node.
 *
 * Does not decide who is signed in: a record only means that the session was not ended individually and has
 * not expired.
 *
 * Invariants: (1) only the hash of a secret is stored; (2) a session is listed before anyone knows its token;
 * (3) creating or revoking a session is acknowledged once it is on the number of replicas that the host
 * requires.
 */

import { createQueryBatching, encodeBase64url } from '../base/index.js'
import type { ExactTime, NewSession, Session, SessionId } from '../core/index.js'
import type { Commands } from './client.js'
import { readSessionValues, recordFields, writeGiven } from './record-fields.js'
import * as scripts from './scripts.js'

/** How long sessions last, in milliseconds. */
export interface Lifetimes {
  readonly idleMs: number
  readonly absoluteMs: number
  readonly renewEveryMs: number
  /** How many live sessions a user may have. */
  readonly maxPerUser: number
}

/** A session that has not expired, and since when it is valid. */
export interface KeptRecord {
  readonly validSince: ExactTime
  readonly session: Session
}

/** What a caller that revokes a session knows about it. */
export type RevokedBy = { readonly secretHash: Uint8Array } | { readonly userId: string }

/** A session and the hash of its secret as text; with an empty text the hash is not compared. */
interface Look {
  readonly id: SessionId
  readonly secret: string
}

const since = recordFields.indexOf('since')

// How far the clocks of nodes may differ, and how long a session may be listed before its record exists.
const slackMs = 3_600_000
// Twice as many as a user may have. Sessions beyond that were created before there was a maximum; the mark or
// their expiry ends them.
const maxListed = 2000

// A token yields its id without hyphens, which a database accepts as well. A key needs one spelling.
function hyphenated(id: SessionId): SessionId {
  return id.replace(/^(.{8})-?(.{4})-?(.{4})-?(.{4})-?(.{12})$/, '$1-$2-$3-$4-$5')
}

function toRecord(id: SessionId, reply: unknown): KeptRecord | null {
  if (!Array.isArray(reply)) return null
  const values = reply as (string | null)[]
  return { validSince: values[since] ?? '', session: readSessionValues(id, values) }
}

/** The records under one prefix. */
export function createRecords(commands: Commands, prefix: string, lifetimes: Lifetimes) {
  const { idleMs, absoluteMs, renewEveryMs, maxPerUser } = lifetimes
  const keyOf = (id: SessionId): string => `${prefix}:session:{${id}}`
  const indexOf = (userId: string): string => `${prefix}:user:{${userId}}`
  const listedMs = absoluteMs + slackMs

  function proofOf(by: RevokedBy): [field: string, value: string] {
    return 'userId' in by ? ['user', by.userId] : ['secret', encodeBase64url(by.secretHash)]
  }

  async function idsOf(userId: string): Promise<SessionId[]> {
    return (await commands.run(scripts.listSessions, indexOf(userId), [maxListed])) as SessionId[]
  }

  async function unlist(userId: string, ids: readonly SessionId[], ageMs: number): Promise<void> {
    if (ids.length > 0) await commands.run(scripts.unlistSessions, indexOf(userId), [ageMs, ...ids])
  }

  // Lookups that wait at the same time share a script, as those of the database share a statement.
  const read = createQueryBatching<Look, unknown>({
    one: ({ id, secret }) => commands.run(scripts.readSession, keyOf(id), [secret]),
    many: (looks) =>
      commands.runMany(
        { one: scripts.readSession, many: scripts.readSessions },
        looks.map(({ id }) => keyOf(id)),
        looks.map(({ secret }) => secret),
      ),
  })

  async function find(id: SessionId, secretHash: Uint8Array | null): Promise<KeptRecord | null> {
    const secret = secretHash === null ? '' : encodeBase64url(secretHash)
    return toRecord(id, await read({ id, secret }))
  }

  return {
    maxPerUser,

    find: (id: SessionId, secretHash: Uint8Array) => find(hyphenated(id), secretHash),

    /** @throws AuthError `unavailable`; anything written by then is removed as soon as possible */
    async create(
      session: NewSession,
      admitted: { readonly validSince: ExactTime; readonly authenticatedAt: Date },
    ): Promise<{ session: Session; crowded: boolean }> {
      const { id, userId, secretHash } = session
      const fields = ['secret', encodeBase64url(secretHash), 'since', admitted.validSince]
      fields.push(...writeGiven({ ...session, authenticatedAt: admitted.authenticatedAt }))
      const undo = (): void => {
        commands.run(scripts.revokeSession, keyOf(id), proofOf({ secretHash })).catch(() => undefined)
      }
      const [made, listed] = await Promise.allSettled([
        commands.confirm(scripts.createSession, keyOf(id), [idleMs, absoluteMs, ...fields], undo),
        commands.confirm(scripts.indexSession, indexOf(userId), [id, listedMs]),
      ])
      if (made.status === 'rejected') throw made.reason
      if (listed.status === 'rejected') {
        undo()
        throw listed.reason
      }
      const { session: stored } = toRecord(id, made.value) as KeptRecord
      return { session: stored, crowded: (listed.value as number) > maxPerUser }
    },

    async list(userId: string): Promise<KeptRecord[]> {
      const ids = await idsOf(userId)
      const found = await Promise.all(ids.map((id) => find(id, null)))
      const over = ids.filter((_, index) => found[index] === null)
      // A session that is just being created is listed a moment before its record exists.
      await unlist(userId, over, slackMs)
      return found.filter((record) => record !== null)
    },

    /** Which of these sessions exist, whichever users they belong to. */
    async findAll(ids: readonly SessionId[]): Promise<KeptRecord[]> {
      const found = await Promise.all(ids.map((id) => find(hyphenated(id), null)))
      return found.filter((record) => record !== null)
    },

    /** A session that is due to be extended. */
    async findDue(id: SessionId): Promise<KeptRecord | null> {
      return toRecord(id, await commands.run(scripts.readDueSession, keyOf(id), [renewEveryMs]))
    },

    /** Extends the idle time when that is due. */
    async touch(id: SessionId): Promise<Session | null> {
      const reply = await commands.run(scripts.touchSession, keyOf(id), [idleMs, renewEveryMs])
      return toRecord(id, reply)?.session ?? null
    },

    /** Ends a session on its master immediately. Returns the session and its user, if it was live. */
    async revoke(named: SessionId, by: RevokedBy): Promise<{ id: SessionId; userId: string } | null> {
      const id = hyphenated(named)
      const userId = (await commands.run(scripts.revokeSession, keyOf(id), proofOf(by))) as string | null
      if (userId === null) return null
      await unlist(userId, [id], 0)
      return { id, userId }
    },

    /**
     * Ends it once more, so that the replicas have that, even if another master has taken over since.
     * @throws AuthError `unavailable` when too few have it
     */
    async confirmRevoked(id: SessionId, by: RevokedBy): Promise<void> {
      if (commands.waits) await commands.confirm(scripts.revokeSession, keyOf(hyphenated(id)), proofOf(by))
    },

    /** Since when a session of this user is valid; null when it is not live. */
    async validSince(id: SessionId, userId: string): Promise<ExactTime | null> {
      const record = await find(hyphenated(id), null)
      return record?.session.userId === userId ? record.validSince : null
    },

    /** Makes a live session valid since that time, unless it is valid since a later one. */
    async spare(id: SessionId, userId: string, to: ExactTime): Promise<void> {
      await commands.confirm(scripts.spareSession, keyOf(hyphenated(id)), [userId, to])
    },

    /** Deletes sessions that are valid since before that time. Returns the ids of those that were live. */
    async removeEnded(userId: string, endedAt: ExactTime): Promise<SessionId[]> {
      const ids = await idsOf(userId)
      const removed = await Promise.all(
        ids.map((id) => commands.run(scripts.removeEnded, keyOf(id), [userId, endedAt])),
      )
      const ended = ids.filter((_, index) => removed[index] === 1)
      await unlist(userId, ended, 0)
      return ended
    },
  }
}

/** The records. */
export type Records = ReturnType<typeof createRecords>
