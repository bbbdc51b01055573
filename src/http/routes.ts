/**
 * The thin JSON routes: one call of `accounts` each. Their paths are those of the complete contract that will take
 * their place; what they lack (limits, strategies, forms) is said in `docs/architecture.md`.
 *
 * Invariants: (1) asking for an address answers alike whether it is known or not; (2) signing in makes a new session
 * and ends the one that the browser held; (3) a link that is merely opened consumes nothing.
 */

import { Hono } from 'hono'
import type { Context } from 'hono'
import { AuthError } from '../base/index.js'
import type { Account, Accounts, IdentityRef, Session, User } from '../core/index.js'
import { readBody } from './body.js'
import type { CookieJar } from './cookies.js'

interface Scope {
  readonly user: User
  readonly session: Session
}

const sent = { status: 'verification_sent' } as const

/** The routes of one engine, to be mounted under its base path. */
export function createRoutes(accounts: Accounts, jar: CookieJar): Hono {
  const routes = new Hono()

  async function scope(c: Context): Promise<Scope> {
    const found = await accounts.getSession(jar.session(c))
    if (found === null) throw new AuthError('session_required')
    return found
  }

  async function enter(
    c: Context,
    user: User,
    how: { method: string; authenticatedAt?: Date },
  ): Promise<Response> {
    await accounts.revokeUserSessionToken(jar.session(c))
    const { method, authenticatedAt } = how
    const token = await accounts.generateUserSessionToken(user, {
      userAgent: c.req.header('user-agent'),
      methods: [method],
      authenticatedAt,
    })
    jar.setSession(c, token)
    return c.json({ user })
  }

  // What would tell that an address exists is answered as if it did not.
  async function unlessTaken(work: () => Promise<Account>): Promise<IdentityRef | null> {
    try {
      return (await work()).identity
    } catch (error) {
      const taken =
        AuthError.is(error, 'input_invalid') && error.fields?.every(({ rule }) => rule === 'taken')
      if (taken === true) return null
      throw error
    }
  }

  routes.post('/sign-up', async (c) => {
    const body = await readBody(c)
    const { email, password } = body as { email: string; password: string }
    const identity = await unlessTaken(() => accounts.createUserWithPassword({ email, password }))
    if (identity !== null) await accounts.requestEmailVerification(identity, { flow: jar.flow(c) })
    return c.json(sent, 202)
  })

  routes.post('/verification/callback', async (c) => {
    const { token, email, code } = (await readBody(c)) as Record<
      'token' | 'email' | 'code',
      string | undefined
    >
    const flow = { flow: jar.flow(c) }
    if (token === undefined) await accounts.verifyMagicCode(code as string, 'email', email as string, flow)
    else await accounts.verifyMagicLink(token, 'email', flow)
    return c.json({ status: 'verified' })
  })

  routes.post('/password/request', async (c) => {
    const { email, password } = (await readBody(c)) as { email: string; password: string }
    const { user, authenticatedAt } = await accounts.authenticateWithPassword({ email, password })
    return enter(c, user, { method: 'password', authenticatedAt })
  })

  routes.post('/magic-link/request', async (c) => {
    const { email } = (await readBody(c)) as { email: string }
    const { identity } = await accounts.findOrCreateEmailIdentity(email)
    await accounts.issueIdentityVerification(identity, 'sign_in', { flow: jar.flow(c) })
    return c.json(sent, 202)
  })

  routes.post('/magic-link/callback', async (c) => {
    const { token } = (await readBody(c)) as { token: string }
    const { user } = await accounts.verifyMagicLink(token, 'sign_in', { flow: jar.flow(c) })
    return enter(c, user, { method: 'magic-link' })
  })

  routes.post('/email-otp/callback', async (c) => {
    const { email, code } = (await readBody(c)) as { email: string; code: string }
    const { user } = await accounts.verifyMagicCode(code, 'sign_in', email, { flow: jar.flow(c) })
    return enter(c, user, { method: 'email-otp' })
  })

  routes.post('/recovery/request', async (c) => {
    const { email } = (await readBody(c)) as { email: string }
    await accounts.requestPasswordRecovery(email, { flow: jar.flow(c) })
    return c.json(sent, 202)
  })

  routes.post('/recovery/callback', async (c) => {
    const body = (await readBody(c)) as Record<'token' | 'email' | 'code' | 'password', string | undefined>
    const { token, email, code, password } = body
    const secret = token === undefined ? { email: email as string, code: code as string } : { token }
    await accounts.resetPassword(secret, password as string, { flow: jar.flow(c) })
    jar.clearSession(c)
    return c.json({ status: 'recovered' })
  })

  routes.get('/session', async (c) => c.json(await scope(c)))

  routes.delete('/session', async (c) => {
    await accounts.revokeUserSessionToken(jar.session(c))
    jar.clearSession(c)
    return c.body(null, 204)
  })

  routes.get('/sessions', async (c) => {
    const { user, session } = await scope(c)
    const sessions = await accounts.listUserSessions(user)
    return c.json({ sessions: sessions.map((each) => ({ ...each, current: each.id === session.id })) })
  })

  routes.delete('/sessions/:id', async (c) => {
    const { user } = await scope(c)
    const ended = await accounts.revokeUserSession(user, c.req.param('id'))
    if (ended.length === 0) throw new AuthError('not_found')
    return c.body(null, 204)
  })

  routes.delete('/sessions', async (c) => {
    const { user, session } = await scope(c)
    await accounts.revokeUserSessions(user, { except: session.id })
    return c.body(null, 204)
  })

  return routes
}
