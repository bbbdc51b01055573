/**
 * Sessions, each identified by an opaque token (ASVS 5 7.2, NIST SP 800-63B-4 §5.1).
 *
 * Invariants: (1) a malformed token is answered without a query; (2) reading never writes; (3) an ended
 * session fails its next check on every node.
 */

import { AuthError, invalidField } from '../base/index.js'
import type { Context } from './context.js'
import { gone, readAuthenticatedAt, requireId, requireObject, requireString } from './inputs.js'
import type { FoundSession, NewSession, Secrets } from './ports/index.js'
import { readDevice } from './requester.js'
import type { Session, SessionContext, SessionId, SessionRef, User, UserRef } from './types.js'

const methodForm = /^[a-z][a-z0-9_-]{0,31}$/
const maxMethods = 8
const maxListed = 1000
// Lengths of a browser's name.
const leastName = 16
const longestName = 128

/** The given properties of a session that is about to begin. */
type Told = Omit<NewSession, 'id' | 'secretHash' | 'userId'>

function readMethods(methods: unknown): readonly string[] {
  if (methods === undefined) return []
  if (!Array.isArray(methods) || methods.length > maxMethods) throw invalidField('methods', 'format')
  for (const method of methods) {
    if (typeof method !== 'string' || !methodForm.test(method)) throw invalidField('methods', 'format')
  }
  return methods as string[]
}

function readBrowser(browser: unknown): string | null {
  if (browser === undefined) return null
  const { length } = requireString('browser', browser)
  if (length < leastName || length > longestName) throw invalidField('browser', 'format')
  return browser as string
}

function readContext({ hashFlow }: Pick<Secrets, 'hashFlow'>, context: unknown): Told {
  const given = requireObject('context', context)
  const { methods, authenticatedAt, proof } = given
  const browser = readBrowser(given['browser'])
  return {
    ...readDevice(given),
    methods: readMethods(methods),
    authenticatedAt: readAuthenticatedAt(authenticatedAt),
    proof: proof === undefined ? null : requireId('proof', { id: proof }),
    browserHash: browser === null ? null : hashFlow(browser),
  }
}

function withoutReading(found: FoundSession | null): { user: User; session: Session } | null {
  return found === null ? null : { user: found.user, session: found.session }
}

/** The session operations. */
export function createSessions({ store, secrets }: Context) {
  return {
    async generateUserSessionToken(user: UserRef, context: SessionContext = {}): Promise<string> {
      const userId = requireId('user', user)
      const read = readContext(secrets, context)
      const { token, id, secretHash } = secrets.newSessionToken()
      const session = await store.sessions.create({ ...read, id, secretHash, userId })
      if (session === null) throw gone('user')
      if (session === 'proof_used') throw new AuthError('invalid_token', { reason: 'proof_used_meanwhile' })
      return token
    },

    getUserBySessionToken(token: unknown): Promise<User | null> {
      const read = secrets.readSessionToken(token)
      return read === null ? Promise.resolve(null) : store.sessions.findUser(read.id, read.secretHash)
    },

    getSession(token: unknown): Promise<{ user: User; session: Session } | null> {
      const read = secrets.readSessionToken(token)
      return read === null
        ? Promise.resolve(null)
        : store.sessions.find(read.id, read.secretHash).then(withoutReading)
    },

    async listUserSessions(
      user: UserRef,
      page: { after?: SessionRef | undefined; limit?: number | undefined } = {},
    ): Promise<Session[]> {
      const userId = requireId('user', user)
      const { after, limit } = page
      if (limit !== undefined && (!Number.isInteger(limit) || limit < 1 || limit > maxListed))
        throw invalidField('limit', 'max', maxListed)
      const last = after === undefined ? null : requireId('after', after)
      return store.sessions.list(userId, { after: last, limit: limit ?? null })
    },

    async touchSession(session: SessionRef): Promise<Session | null> {
      return store.sessions.touch(requireId('session', session))
    },

    async revokeUserSessionToken(token: unknown): Promise<SessionId[]> {
      const read = secrets.readSessionToken(token)
      if (read === null) return []
      return (await store.sessions.revokeByToken(read.id, read.secretHash)).ids
    },

    async revokeUserSession(user: UserRef, sessionId: SessionId): Promise<SessionId[]> {
      const userId = requireId('user', user)
      const id = requireId('session', { id: sessionId })
      return store.sessions.revoke(userId, id)
    },

    async revokeApprovedSession(token: string): Promise<SessionId[]> {
      const read = secrets.readEndingToken(requireString('token', token))
      return read === null ? [] : store.sessions.revoke(read.userId, read.id)
    },

    async revokeUserSessions(
      user: UserRef,
      options: { except?: SessionId | undefined } = {},
    ): Promise<SessionId[]> {
      const userId = requireId('user', user)
      const { except } = requireObject('options', options)
      const keep = except === undefined ? null : requireId('except', { id: except })
      const revoked = await store.sessions.revokeAll(userId, keep)
      if (revoked === null) throw gone('user')
      return revoked
    },
  }
}
