/** The types of the public API: plain values, without behavior and without secrets. */

import type { Identity, SessionId, User } from '../base/index.js'
import type { Purposes } from './open-interfaces.js'

export type { Identity, Json, JsonObject, Session, SessionId, User } from '../base/index.js'

/** A reference to a user. You can pass a whole `User`. */
export interface UserRef {
  readonly id: string
}

/** A reference to an identity. You can pass a whole `Identity`. */
export interface IdentityRef {
  readonly id: string
}

/** A reference to a session. You can pass a whole `Session`. */
export interface SessionRef {
  readonly id: SessionId
}

/** A user together with one of their identities. */
export interface Account {
  readonly user: User
  readonly identity: Identity
}

/** Details of the browser or device that a session is created for. */
export interface SessionContext {
  /** IPv4 or IPv6, without a port or a zone. */
  readonly ip?: string | undefined
  /** The User-Agent header; the first 512 characters are kept. */
  readonly userAgent?: string | undefined
  /** Up to 8 words of lowercase letters, digits, `_` and `-`, such as `['password']`. */
  readonly methods?: readonly string[] | undefined
  /**
   * When the user authenticated, as `authenticateWithPassword` returns it. The session is refused if the
   * user's sessions were ended after that time. Pass on the same `Date` object: it carries microseconds, and
   * a copy does not. Default: now.
   */
  readonly authenticatedAt?: Date | undefined
  /**
   * The proof of a `resumable` redemption. The session uses it up: of two calls with the same proof, one gets
   * a session.
   */
  readonly proof?: string | undefined
  /**
   * A random name of 16 to 128 characters that the browser keeps. From now on this is a known browser of the
   * user: it has its own limits, so strangers' attempts can't lock the user out. It authenticates nobody.
   */
  readonly browser?: string | undefined
}

/** The flow of the request: an opaque name for one browser, passed again when the secret is redeemed. */
export interface FlowOption {
  readonly flow?: string | undefined
  /**
   * The name of a browser that signed in to this address before. Wrong attempts in a known browser are
   * counted separately, so nobody else can make its codes longer. Never take it from a request without
   * checking it.
   */
  readonly knownBrowser?: string | undefined
  /**
   * Keeps the proof for this flow: after a fault the same flow can redeem the same secret again, with no
   * effect happening twice, until the proof expires or you pass it to `generateUserSessionToken` or
   * `settleProof`. Needs a `flow`. Default: false.
   */
  readonly resumable?: boolean | undefined
}

/** Options for sending a verification again. */
export interface RepeatOptions extends RequestOptions {
  /** The browser's previous name, while it is still valid. Requests made under it are found as well. */
  readonly previousFlow?: string | undefined
}

/**
 * Who requests a secret. Shown to a person who opens the link in another browser; never used for a decision.
 */
export interface RequestOptions extends FlowOption {
  /** IPv4 or IPv6, without a port or a zone. */
  readonly ip?: string | undefined
  /** The User-Agent header; the first 512 characters are kept. */
  readonly userAgent?: string | undefined
}

/**
 * A secret has been queued. The result depends only on the number of wrong attempts at the address, not on
 * whether anyone has it.
 */
export interface Issued {
  /** How many digits the code has. */
  readonly codeLength: number
}

/** The purpose of a verification. A secret is accepted only for its own purpose. */
export type VerificationType = keyof Purposes

/** The result of a redeemed verification. */
export interface Verified {
  readonly user: User
  readonly identity: Identity | null
  readonly verification: { readonly id: string; readonly type: VerificationType; readonly value: string }
  /** When it was redeemed, by the database's clock. Pass it to `generateUserSessionToken`. */
  readonly authenticatedAt: Date
  /**
   * The kept proof, if it was redeemed as `resumable`. Pass it to `generateUserSessionToken` or
   * `settleProof`.
   */
  readonly proof?: string
}

/** What a live link would do, and where it was requested. */
export interface MagicLinkRequest {
  readonly type: VerificationType
  /** The address that it would verify. */
  readonly value: string
  readonly requestedAt: Date
  readonly ip: string | null
  readonly userAgent: string | null
  /** Whether this browser may redeem it without confirmation: it requested the link, or no browser did. */
  readonly sameFlow: boolean
  /**
   * Whether it verifies a sign-up with a password, which another browser finishes by
   * `verifySignUpWithPassword`.
   */
  readonly needsPassword: boolean
}

/**
 * A sign-in that waits in the browser that requested it until the holder of the link approves it elsewhere.
 */
export interface PendingSignIn {
  /** Two digits, shown in this browser and typed in the other one. */
  readonly number: string
  readonly expiresAt: Date
  readonly approved: boolean
}

/** How many rows a sweep deleted, or would delete. */
export interface SweepReport {
  readonly sessions: number
  readonly verifications: number
  readonly claims: number
  readonly users: number
  readonly messages: number
  readonly attempts: number
  readonly knownBrowsers: number
  /** Solved challenges. Each is accepted once. */
  readonly tolls: number
  /** Audit rows that were deleted. */
  readonly audit: number
  /** Audit rows that were kept without their personal data. */
  readonly auditTraces: number
}
