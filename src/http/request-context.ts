/**
 * One request and what is known of it: the browser, the client, the session. It collects the cookies of the answer.
 *
 * Invariants: (1) the session is looked up once at most; (2) signing in always makes a new session and ends the one
 * that the browser held; (3) nothing here trusts a header that a client can write, but for the user agent, which is
 * told and never judged.
 */

import type { Context } from 'hono'
import { AuthError } from '../base/index.js'
import type { Accounts, Actor, SessionContext, User, UserRef } from '../core/index.js'
import { isBrowserName, readBrowserNames, writeBrowserNames } from './browser-name.js'
import type { BrowserNames } from './browser-name.js'
import type { ClientAddress } from './client-address.js'
import type { Cookies } from './cookies.js'
import type { Engine } from './engine.js'
import { knownSeconds, readKnownBrowser, writeKnownBrowser } from './known-browser.js'
import type { KnownBrowser } from './known-browser.js'
import { findScope } from './scope.js'
import type { Scope } from './scope.js'
import { readSessionToken } from './session-token.js'
import type { LimitedRequest } from './limiter.js'
import { createBrowserState } from './browser-state.js'
import type { BrowserState } from './browser-state.js'
import { tollHeader } from './toll.js'

/** Who was proven, and how. */
export interface Entrance {
  readonly user: User | UserRef
  readonly methods: readonly string[]
  readonly authenticatedAt?: Date | undefined
  /** The proof that is kept until the session is made. */
  readonly proof?: string | undefined
}

/** One request. */
export interface RequestContext {
  readonly engine: Engine
  readonly request: Request
  readonly hono: Context
  readonly requestId: string
  readonly client: ClientAddress & { readonly userAgent: string | null }
  /** The operations, recorded as done by whoever asks: the user of a session that was looked at, else a stranger. */
  readonly accounts: Accounts
  /** Who asks, as far as that was looked at. */
  readonly actor: Actor
  /** What a request of a secret remembers of who asked. */
  readonly requester: {
    readonly flow: string
    readonly ip?: string
    readonly userAgent?: string
    readonly knownBrowser?: string
  }
  /** What limits judge by. */
  readonly limited: LimitedRequest
  /** Takes what a form pays its toll with; the header comes before it. */
  present(toll: unknown): void
  /** Whether a page is asked for rather than JSON. */
  readonly wantsHtml: boolean
  /** A parameter of the path. */
  param(name: string): string
  /** The opaque name of this browser; made, and set as a cookie, at the first question. */
  browserName(): string
  /** The name of this browser, or null where it has none yet. */
  knownBrowserName(): string | null
  /** The names that count for what was begun before: the one of this browser and, for ten minutes, the one before. */
  browserNames(): readonly string[]
  /** The name by which this browser is known to whoever signed in here, or null. It proves nothing by itself. */
  knownBrowser(): KnownBrowser | null
  /** What was kept for the next page of this browser: a parked link, an address, where to return to. */
  readonly browserState: BrowserState
  scope(): Promise<Scope | null>
  /** @throws AuthError `session_required` */
  requireScope(): Promise<Scope>
  /**
   * Makes a session, ends the one that the browser held, and sets the cookie. The token is given to native clients alone.
   * @throws AuthError `invalid_credentials` where the account's sessions were ended since it was proven
   */
  enter(entrance: Entrance): Promise<{ readonly user: User; readonly token?: string }>
  /** Ends the session of this request, and clears the cookie. */
  leave(): Promise<void>
  /** Clears the session cookie: whatever it named is over. */
  forget(): void
  /** The `Set-Cookie` lines of the answer. */
  readonly setCookies: Iterable<string>
}

/** What the context of a request is made of. */
export interface RequestContextParts {
  readonly engine: Engine
  readonly cookies: Cookies
  readonly hono: Context
  readonly client: ClientAddress
  readonly wantsHtml: boolean
}

const secondsOf = (ms: number): number => Math.floor(ms / 1000)
// Browsers keep a cookie for 400 days at most (RFC 6265bis §5.5).
const longestCookieSeconds = 400 * 86_400
const browserSeconds = 180 * 86_400

/** The context of a request. It looks nothing up yet. */
export function createRequestContext({
  engine,
  cookies,
  hono,
  client,
  wantsHtml,
}: RequestContextParts): RequestContext {
  const { accounts, keys, settings } = engine
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
  // Begun again when it becomes known who asks.
  let acting: Accounts | undefined
  let actor: Actor = { type: 'stranger', ...device, requestId }
  let names: BrowserNames | null | undefined
  let looking: Promise<Scope | null> | undefined
  let toll = request.headers.get(tollHeader)
  // The token that this answer gives: from then on it is the one that counts.
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

  // Whoever read the name while somebody else sat here gets nothing of what is begun from now on.
  function renewName(): void {
    const before = knownBrowserName()
    if (before !== null && !native) nameAnew(before)
  }

  function sessionToken(): string | null {
    return given ?? readSessionToken(request.headers, cookies, native)
  }

  // A native application names itself by one name for both.
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

  function actAs(who: Pick<Actor, 'type' | 'id' | 'via'>): Accounts {
    actor = { ...who, ...device, requestId }
    return (acting = accounts.by(actor))
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

  // The person proved who they are, and meanwhile the account went away, or all its sessions were ended.
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
      return acting ?? actAs({ type: 'stranger' })
    },
    get actor() {
      return actor
    },
    client: { ...client, userAgent },
    get limited() {
      const known = knownBrowser()?.name ?? null
      const { pathname: path } = new URL(request.url)
      return { client, browserName: () => context.browserName(), known, path, toll }
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
      // Looked up before its session is ended: whoever signs in again where they are signed in keeps the name.
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

    // Looked up first, so that it is recorded who left.
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
