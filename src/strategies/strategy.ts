/**
 * What a strategy is: a plain object that starts a sign-in and proves who it is. Hosts write their own the same way.
 *
 * Invariants: (1) a strategy calls `accounts` and owns no persistence; (2) it knows no HTTP: it takes texts and
 * returns who was proven; (3) its id makes its routes, `/:id/request` and `/:id/callback`.
 */

import type { Accounts, User, UserRef } from '../core/index.js'

/** One input of a strategy. Its type decides the form field, the limits, and what is never shown again. */
export interface StrategyField {
  readonly name: string
  readonly type: 'email' | 'phone' | 'password' | 'code' | 'token' | 'text'
  /** Whether the field may be absent. Default: false. */
  readonly optional?: boolean
}

/** What is known of who asks: the browser, and where it is. */
export interface Requester {
  readonly flow: string
  readonly ip?: string
  readonly userAgent?: string
  /** Only where this browser signed in to the address before. */
  readonly knownBrowser?: string
}

/** What a strategy works with. */
export interface StrategyContext {
  readonly accounts: Accounts
  /** The opaque name of the browser that asks; every secret that is asked for is bound to it. */
  readonly flow: string
  /** The same, with what is known of who asks: give it on to whatever issues a secret. */
  readonly requester: Requester
  /** The absolute URL of this strategy's callback, from `baseUrl`. */
  readonly callbackUrl: string
}

/** The inputs, each a text that is not empty. */
export type StrategyInput = Readonly<Record<string, string | undefined>>

/** The person was proven, and is signed in. */
export interface Proved {
  readonly status: 'proved'
  /** The whole user where it is at hand: a reference is looked up. */
  readonly user: User | UserRef
  /** How, such as `['password']`. */
  readonly methods: readonly string[]
  /** When, as what proved returns it: a session that would begin before an ending of all sessions is refused. */
  readonly authenticatedAt?: Date
  /** Which address a secret was sent to, where it proves one: its owner may ask for another at once. */
  readonly identity?: { readonly type: string; readonly value: string }
  /** The proof of a `resumable` redemption, which the session uses up. */
  readonly proof?: string | undefined
}

/** How a request ended: a secret is on its way, the person is proven already, or they go on elsewhere. */
export type Requested =
  | {
      readonly status: 'sent'
      /** How many digits the code has, as what issued it returned; else what is usual at that address. */
      readonly codeLength?: number
    }
  | Proved
  | { readonly status: 'redirect'; readonly url: string }

/** A way to sign in. */
export interface Strategy {
  /** Lower-case letters, digits and hyphens; a segment of the path. */
  readonly id: string
  /** What people are shown, in English. */
  readonly name: string
  /** The type of the identity that it proves: `email`, `phone`, or a provider's issuer. */
  readonly identity: string
  readonly kind: 'credential' | 'passwordless' | 'social'
  /** False where its link signs in the browser that asked alone, and lets nobody finish from another. Default: true. */
  readonly approvals?: boolean
  readonly fields: {
    readonly request: readonly StrategyField[]
    /** Absent where the request alone proves, as a password does. */
    readonly callback?: readonly StrategyField[]
  }
  /** @throws AuthError */
  request(context: StrategyContext, input: StrategyInput): Promise<Requested>
  /** @throws AuthError */
  callback?(context: StrategyContext, input: StrategyInput): Promise<Proved>
}
