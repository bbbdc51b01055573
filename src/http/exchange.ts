/**
 * One request and what is known of it: the browser, the client, the session. It collects the cookies of the answer.
 *
 * Invariants: (1) the session is looked up once at most; (2) signing in always makes a new session and ends the one
 * that the browser held; (3) nothing here trusts a header that a client can write, but for the user agent, which is
 * told and never judged.
 */

import type { Context } from 'hono'
import type { Session, User, UserRef } from '../core/index.js'
import type { Engine } from './engine.js'
import type { Step } from './step.js'

/** Who asks, of a request. */
export interface Scope {
  readonly user: User
  readonly session: Session
}

/** What is known of the client. */
export interface Client {
  /** Without port and zone; null where it can't be told. */
  readonly ip: string | null
  /** The key of its budgets: an IPv4 address, an IPv6 /64, or `unknown`. */
  readonly network: string
  readonly userAgent: string | null
}

/** Who was proven, and how. */
export interface Entrance {
  readonly user: UserRef
  readonly methods: readonly string[]
  readonly authenticatedAt?: Date | undefined
}

/** One request. */
export interface Exchange {
  readonly engine: Engine
  readonly request: Request
  readonly url: URL
  readonly context: Context
  readonly requestId: string
  readonly client: Client
  /** Whether a page is asked for rather than JSON. */
  readonly wantsHtml: boolean
  /** A parameter of the path. */
  param(name: string): string
  /** The opaque name of this browser; made, and set as a cookie, at the first question. */
  flow(): string
  /** What was kept for the next page of this browser: a parked link, an address, where to return to. */
  readonly step: Step
  scope(): Promise<Scope | null>
  /** @throws AuthError `session_required` */
  requireScope(): Promise<Scope>
  /** Makes a session, ends the one that the browser held, and sets the cookie. */
  enter(entrance: Entrance): Promise<{ readonly user: User; readonly token?: string }>
  /** Ends the session of this request, and clears the cookie. */
  leave(): Promise<void>
  /** Clears the session cookie: whatever it named is over. */
  forget(): void
}
