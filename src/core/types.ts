/** The records that the public boundary takes and returns: plain values, without behavior and without secrets. */

/** Any JSON value (RFC 8259). */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject
/** A JSON object. */
export interface JsonObject {
  readonly [key: string]: Json
}

/** The id of a session: a random UUID. It is not a secret and opens nothing. */
export type SessionId = string

/** A person's record. It has no address (see `Identity`), no password and no private metadata. */
export interface User {
  readonly id: string
  readonly name: string | null
  readonly username: string | null
  /** At most 16 KiB of JSON, written by `updateUserProfile`. */
  readonly metadata: JsonObject
  readonly anonymous: boolean
  readonly disabledAt: Date | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** A way a user is known. Until `verifiedAt` is set it is a claim: it reserves nothing and signs nobody in. */
export interface Identity {
  readonly id: string
  readonly userId: string
  /** `email`, `phone`, or a provider's issuer. */
  readonly type: string
  /** The normalized address, the E.164 number, or the provider's subject. */
  readonly value: string
  readonly verifiedAt: Date | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** An authenticated period. Its token is known to its holder alone. */
export interface Session {
  readonly id: SessionId
  readonly userId: string
  /** When the person last proved who they are. */
  readonly authenticatedAt: Date
  /** When activity last extended the session; at most once per `session.renewEvery`. */
  readonly seenAt: Date
  readonly idleExpiresAt: Date
  readonly expiresAt: Date
  /** How the person signed in, such as `['password']` (the idea of RFC 8176 `amr`, in our own words). */
  readonly methods: readonly string[]
  readonly ip: string | null
  readonly userAgent: string | null
  readonly createdAt: Date
}

/** A reference to a user. A whole `User` is one. */
export interface UserRef {
  readonly id: string
}

/** A reference to an identity. A whole `Identity` is one. */
export interface IdentityRef {
  readonly id: string
}

/** A reference to a session. A whole `Session` is one. */
export interface SessionRef {
  readonly id: SessionId
}

/** A user together with one identity of theirs. */
export interface Account {
  readonly user: User
  readonly identity: Identity
}

/** What is known of the browser or device that a session is made for. */
export interface SessionContext {
  /** IPv4 or IPv6, without port and without zone. */
  readonly ip?: string | undefined
  /** The User-Agent header; the first 512 characters are kept. */
  readonly userAgent?: string | undefined
  /** Up to 8 words of lower-case letters, digits, `_` and `-`, such as `['password']`. */
  readonly methods?: readonly string[] | undefined
  /**
   * When the proof was given, as `authenticateWithPassword` returns it. A session is refused when the user's
   * sessions were ended after that moment. Give on the very date that was returned: it remembers microseconds, and a copy
   * of it does not. Default: now.
   */
  readonly authenticatedAt?: Date | undefined
  /** The proof of a `resumable` redemption. The session uses it up; of two who come with the same one, one gets a session. */
  readonly proof?: string | undefined
  /**
   * A random name that the browser keeps, from 16 to 128 characters. From now on it is a known browser of this user: it
   * has limits of its own, so that strangers who guess or ask don't get in its way. It authenticates nobody.
   */
  readonly browser?: string | undefined
}

/** The flow that asks: an opaque name of one browser, given again when the secret is redeemed. */
export interface FlowOption {
  readonly flow?: string | undefined
  /**
   * The name of a browser that signed in to this very address before. Wrong tries of a known browser are counted apart
   * from those of everybody else, so that nobody else makes its codes longer. Never take it from a request as it is.
   */
  readonly knownBrowser?: string | undefined
  /**
   * Keeps the proof for this flow: after a fault the same flow redeems the same secret again, and nothing happens twice,
   * until the proof is given to `generateUserSessionToken` or `settleProof`, or ends. Needs a `flow`. Default: false.
   */
  readonly resumable?: boolean | undefined
}

/** Where a proof is asked for again. */
export interface RepeatOptions extends RequestOptions {
  /** The name that this browser had before, while that still counts: what was asked for under it is found as well. */
  readonly previousFlow?: string | undefined
}

/** Who asks for a secret. Whoever opens the link in another browser is told from where; nothing is judged by it. */
export interface RequestOptions extends FlowOption {
  /** IPv4 or IPv6, without port and without zone. */
  readonly ip?: string | undefined
  /** The User-Agent header; the first 512 characters are kept. */
  readonly userAgent?: string | undefined
}

/** A secret is on its way. It says the same for every address with that many wrong tries, whether anybody has it or not. */
export interface Issued {
  /** How many digits its code has. */
  readonly codeLength: number
}

/** The purposes of a verification. A secret of one purpose is refused everywhere else. */
export const verificationTypes = [
  'email',
  'phone',
  'sign_in',
  'recovery',
  'email_change',
  'phone_change',
] as const

/** The purpose of a verification. */
export type VerificationType = (typeof verificationTypes)[number]

/** What a redeemed verification proves. */
export interface Verified {
  readonly user: User
  readonly identity: Identity | null
  readonly verification: { readonly id: string; readonly type: VerificationType; readonly value: string }
  /** When the database says that it was redeemed. Give it to `generateUserSessionToken`. */
  readonly authenticatedAt: Date
  /** The proof that is kept, where it was redeemed as `resumable`. Give it to `generateUserSessionToken` or `settleProof`. */
  readonly proof?: string
}

/** What a live link would do, and where it was asked for. */
export interface MagicLinkRequest {
  readonly type: VerificationType
  /** The address that it would prove. */
  readonly value: string
  readonly requestedAt: Date
  readonly ip: string | null
  readonly userAgent: string | null
  /** Whether this browser may redeem it as it is: it asked for it, or nobody's browser did. */
  readonly sameFlow: boolean
  /** Whether it proves a claim with a password, so that another browser finishes it by `verifySignUpWithPassword`. */
  readonly needsPassword: boolean
}

/** A sign-in that waits, in the browser that asked for it, until the holder of the link approves it elsewhere. */
export interface PendingSignIn {
  /** Two digits, to be shown here and typed there. */
  readonly number: string
  readonly expiresAt: Date
  readonly approved: boolean
}

/** What a sweep removed, or would remove. */
export interface SweepReport {
  readonly sessions: number
  readonly verifications: number
  readonly claims: number
  readonly users: number
  readonly messages: number
  readonly attempts: number
  readonly knownBrowsers: number
  /** Solved challenges, each of which paid once. */
  readonly tolls: number
  /** Rows of the audit. */
  readonly audit: number
  /** Rows of the audit that stay without what is personal in them. */
  readonly auditTraces: number
}
