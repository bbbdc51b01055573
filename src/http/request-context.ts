/**
 * One request with its browser, client and session. It collects the cookies of the response.
 *
 * Invariants: (1) the session is looked up at most once; (2) signing in always creates a new session and ends
 * the browser's previous one; (3) nothing here trusts a header that a client can write; the user agent is
 * only recorded.
 */

import type { Context } from 'hono'
import { AuthError } from '../base/index.js'
import type { Accounts, Actor, SessionContext, User, UserRef } from '../core/index.js'
import { isBrowserName, readBrowserNames, writeBrowserNames } from './browser-name.js'
import type { BrowserNames } from './browser-name.js'
import type { ClientAddress } from './client-address.js'
import type { Cookies } from './cookies.js'
import type { Engine, Operations } from './engine.js'
import { knownSeconds, readKnownBrowser, writeKnownBrowser } from './known-browser.js'
import type { KnownBrowser } from './known-browser.js'
import { findScope } from './session-lookup.js'
import type { Scope } from './scope.js'
import { readSessionToken } from './session-token.js'
import type { LimitedRequest } from './limiter.js'
import { createBrowserState } from './browser-state.js'
import type { BrowserState } from './browser-state.js'
import { tollHeader } from './toll.js'

/** The user who proved who they are, and how. */
export interface Entrance {
  readonly user: User | UserRef
  readonly methods: readonly string[]
  readonly authenticatedAt?: Date | undefined
  /** The proof, kept until the session is created. */
  readonly proof?: string | undefined
}

/** The context of one request. */
export interface RequestContext {
  readonly engine: Engine
  readonly request: Request
  readonly hono: Context
  readonly requestId: string
  readonly client: ClientAddress & { readonly userAgent: string | null }
  /**
   * The operations, recorded as done by the requester: the user of the session if it was looked up, else a
   * stranger.
   */
  readonly accounts: Accounts
  /** The operations of features by their keys, recorded like `accounts`. */
  readonly features: Readonly<Record<string, object>>
  /** The requester, as far as known. */
  readonly actor: Actor
  /** The facts about the requester that are stored with a requested secret. */
  readonly requester: {
    readonly flow: string
    readonly ip?: string
    readonly userAgent?: string
    readonly knownBrowser?: string
  }
  /** The input of the limits. */
  readonly limited: LimitedRequest
  /** Sets the toll payment of a form; a payment in the header takes precedence. */
  present(toll: unknown): void
  /** Whether the response should be a page rather than JSON. */
  readonly wantsHtml: boolean
  /** A parameter of the path. */
  param(name: string): string
  /** The opaque name of this browser; the first call creates it and sets its cookie. */
  browserName(): string
  /** The name of this browser, or null if it has none yet. */
  knownBrowserName(): string | null
  /**
   * The names under which this browser may finish what it began: its current name and, for ten minutes, the
   * previous one.
   */
  browserNames(): readonly string[]
  /**
   * The name by which this browser is known to users who signed in with it, or null. It proves nothing by
   * itself.
   */
  knownBrowser(): KnownBrowser | null
  /** What this browser takes to its next page: a pending link, an address, the path to return to. */
  readonly browserState: BrowserState
  scope(): Promise<Scope | null>
  /** The scope of the request. @throws AuthError `session_required` */
  requireScope(): Promise<Scope>
  /**
   * Creates a session, ends the browser's previous one, and sets the cookie. Only native clients get the
   * token.
   * @throws AuthError `invalid_credentials` if the account's sessions were ended since the proof
   */
  enter(entrance: Entrance): Promise<{ readonly user: User; readonly token?: string }>
  /** Ends the session of this request and clears the cookie. */
  leave(): Promise<void>
  /** Clears the session cookie, after its session ended. */
  forget(): void
  /** The `Set-Cookie` headers of the response. */
  readonly setCookies: Iterable<string>
}

/** The parts of a request context. */
export interface RequestContextParts {
  readonly engine: Engine
  readonly cookies: Cookies
  readonly hono: Context
  readonly client: ClientAddress
  readonly wantsHtml: boolean
}

const secondsOf = (ms: number): number => Math.floor(ms / 1000)
// Browsers keep a cookie for at most 400 days (RFC 6265bis §5.5).
const longestCookieSeconds = 400 * 86_400
const browserSeconds = 180 * 86_400

/** Creates the context of a request. It looks up nothing yet. */
export function createRequestContext({
  engine,
  cookies,
  hono,
  client,
  wantsHtml,
}: RequestContextParts): RequestContext {
  const { keys, settings } = engine
  const request = hono.req.raw
  const header = request.headers.get('cookie')
  const lines = new Map<string, string>()
  const userAgent = request.headers.get('user-agent')
  const native = settings.tokenTransport === 'bearer'
  const device = {
    ...(client.ip !== null && { ip: client.ip }),
    ...(userAgent !== null && userAgent !== '' && { userAgent }),
  }
  const requestId = hono.get('requestId') as string
  // Reset when the requester becomes known.
  let acting: Operations | undefined
  let actor: Actor = { type: 'stranger', ...device, requestId }
  let names: BrowserNames | null | undefined
  let looking: Promise<Scope | null> | undefined
  let toll = request.headers.get(tollHeader)
  // The token that this response sets; from then on it replaces the token of the request.
  let given: string | undefined

  function knownNames(): BrowserNames | null {
    if (names !== undefined) return names
    const named = native ? request.headers.get('latchkey-flow') : null
    if (named !== null) return (names = isBrowserName(named) ? { current: named, previous: null } : null)
    return (names = readBrowserNames(keys, cookies.browser.read(header), engine.now()))
  }

  const knownBrowserName = (): string | null => knownNames()?.current ?? null

  function nameAnew(previous: string | null): string {
    const current = keys.newName()
    names = { current, previous }
    lines.set(
      cookies.browser.name,
      cookies.browser.set(writeBrowserNames(keys, names, engine.now()), browserSeconds),
    )
    return current
  }

  // Anyone who read the name while another person used this browser gets no access to what begins from now
  // on.
  function renewName(): void {
    const before = knownBrowserName()
    if (before !== null && !native) nameAnew(before)
  }

  function sessionToken(): string | null {
    return given ?? readSessionToken(request.headers, cookies, native)
  }

  // A native application uses one name for both.
  function knownBrowser(): KnownBrowser | null {
    if (!native) return readKnownBrowser(cookies.known.read(header))
    const name = knownBrowserName()
    return name === null ? null : { name, method: null }
  }

  function remember(name: string, methods: readonly string[]): void {
    const value = writeKnownBrowser({ name, method: methods[0] ?? null })
    if (!native) lines.set(cookies.known.name, cookies.known.set(value, knownSeconds))
  }

  const forget = (): void => void lines.set(cookies.session.name, cookies.session.clear())

  function actAs(who: Pick<Actor, 'type' | 'id' | 'via'>): Operations {
    actor = { ...who, ...device, requestId }
    return (acting = engine.operationsBy(actor))
  }

  async function look(): Promise<Scope | null> {
    const found = await findScope(engine, sessionToken())
    if (found !== null) actAs({ type: 'user', id: found.user.id, via: found.session.id })
    else if (cookies.session.isIn(header)) forget()
    return found
  }

  async function toUser(user: User | UserRef): Promise<User> {
    if ('createdAt' in user) return user
    const found = await context.accounts.getUser(user)
    if (found === null) throw new AuthError('invalid_credentials', { reason: 'user_gone' })
    return found
  }

  // The person proved who they are, but meanwhile the account was deleted or disabled, or all its sessions
  // were ended.
  async function newToken(user: User, entrance: SessionContext): Promise<string> {
    try {
      return await context.accounts.generateUserSessionToken(user, { ...device, ...entrance })
    } catch (error) {
      if (!AuthError.is(error, 'not_found')) throw error
      throw new AuthError('invalid_credentials', { reason: 'ended_meanwhile' })
    }
  }

  const context: RequestContext = {
    engine,
    request,
    hono,
    requestId,
    get accounts() {
      return (acting ?? actAs({ type: 'stranger' })).accounts
    },
    get features() {
      return (acting ?? actAs({ type: 'stranger' })).features
    },
    get actor() {
      return actor
    },
    client: { ...client, userAgent },
    get limited() {
      const known = knownBrowser()?.name ?? null
      const { pathname: path } = new URL(request.url)
      const browserNames = (): readonly string[] => {
        context.browserName()
        return context.browserNames()
      }
      return { client, browserNames, known, path, toll }
    },

    present(field) {
      if (toll === null && typeof field === 'string') toll = field
    },
    wantsHtml,
    param: (name) => hono.req.param(name) ?? '',
    knownBrowserName,
    knownBrowser,

    browserName: () => knownBrowserName() ?? nameAnew(null),

    browserNames() {
      const { current, previous } = knownNames() ?? { current: null, previous: null }
      return [current, previous].filter((name) => name !== null)
    },

    get requester() {
      return { flow: context.browserName(), ...device }
    },

    browserState: createBrowserState(engine, { kind: cookies.browserState, header }, (line) =>
      lines.set(cookies.browserState.name, line),
    ),

    scope: () => (looking ??= look()),

    async requireScope() {
      const scope = await context.scope()
      if (scope === null) throw new AuthError('session_required')
      return scope
    },

    async enter({ user: reference, methods, authenticatedAt, proof }) {
      const user = await toUser(reference)
      // Looked up before its session ends: a user who signs in again while signed in keeps the browser name.
      const before = await context.scope()
      const browser = knownBrowser()?.name ?? keys.newName()
      const token = await newToken(user, { methods, authenticatedAt, browser, proof })
      remember(browser, methods)
      await context.accounts.revokeUserSessionToken(sessionToken())
      if (before?.user.id !== user.id) renewName()
      given = token
      looking = undefined
      if (native) return { user, token }
      const age = Math.min(secondsOf(settings.session.absoluteMs), longestCookieSeconds)
      lines.set(cookies.session.name, cookies.session.set(token, age))
      return { user }
    },

    // Looked up first, so that the audit log records who signed out.
    async leave() {
      await context.scope()
      await context.accounts.revokeUserSessionToken(sessionToken())
      looking = Promise.resolve(null)
      renewName()
      forget()
    },

    forget,
    get setCookies() {
      return lines.values()
    },
  }
  return context
}
