/**
 * A strategy is a plain object with one way to sign in. Hosts write their own the same way.
 *
 * Invariants: (1) a strategy calls `accounts` and stores nothing itself; (2) it knows nothing of HTTP: it
 * takes strings and returns the user; (3) its id determines its routes, `/:id/request` and `/:id/callback`.
 */

import type { Accounts, User, UserRef } from '../core/index.js'

/**
 * One input of a strategy. Its type determines the form field, the limits, and whether a form may show the
 * value again.
 */
export interface StrategyField {
  readonly name: string
  readonly type: 'email' | 'phone' | 'password' | 'code' | 'token' | 'text'
  /** Whether the field may be absent. @default false */
  readonly optional?: boolean
}

/** The browser that makes the request, and its device. */
export interface Requester {
  readonly flow: string
  readonly ip?: string
  readonly userAgent?: string
  /** Set only if this browser signed in with the address before. */
  readonly knownBrowser?: string
}

/** The arguments that every strategy gets. */
export interface StrategyContext {
  /** The account operations, recorded as done by the requester. */
  readonly accounts: Accounts
  /** The opaque name of the requesting browser. Every requested secret is bound to it. */
  readonly flow: string
  /** The same name with the device. Pass it to the operation that issues a secret. */
  readonly requester: Requester
  /** The absolute URL of this strategy's callback, built from `baseUrl`. */
  readonly callbackUrl: string
}

/** The inputs, as nonempty strings. */
export type StrategyInput = Readonly<Record<string, string | undefined>>

/** The person proved who they are and is signed in. */
export interface Proved {
  readonly status: 'proved'
  /** The user, or a reference that is looked up. Pass the whole user if you have it. */
  readonly user: User | UserRef
  /** The methods of the proof, such as `['password']`. */
  readonly methods: readonly string[]
  /**
   * The time of the proof, as the operation returned it. If all of the user's sessions were ended since, no
   * new one begins.
   */
  readonly authenticatedAt?: Date
  /**
   * The address that the secret was sent to, if the secret proves it. Its owner may request another secret at
   * once.
   */
  readonly identity?: { readonly type: string; readonly value: string }
  /** The proof of a `resumable` redemption. Creating the session consumes it. */
  readonly proof?: string | undefined
}

/**
 * The result of a request: a secret was sent, the person already proved who they are, or the browser is
 * redirected.
 */
export type Requested =
  | {
      readonly status: 'sent'
      /**
       * The number of digits of the code, as the operation returned it.
       * @default the usual length at that address
       */
      readonly codeLength?: number
    }
  | Proved
  | { readonly status: 'redirect'; readonly url: string }

/** A way to sign in. */
export interface Strategy {
  /** Lowercase letters, digits and hyphens; a segment of the path. */
  readonly id: string
  /** The name that people see, in English. */
  readonly name: string
  /** The type of the identity that it proves: `email`, `phone`, or a provider's issuer. */
  readonly identity: string
  /**
   * How it works: `credential` checks what the person knows, `passwordless` sends a secret, `social`
   * redirects to a provider.
   */
  readonly kind: 'credential' | 'passwordless' | 'social'
  /**
   * If false, its link signs in only the browser that requested it, and another browser can't approve.
   * @default true
   */
  readonly approvals?: boolean
  /** The inputs of the two steps. */
  readonly fields: {
    readonly request: readonly StrategyField[]
    /** Absent if the request alone is the proof, as with a password. */
    readonly callback?: readonly StrategyField[]
  }
  /** Starts a sign-in. @throws AuthError */
  request(context: StrategyContext, input: StrategyInput): Promise<Requested>
  /** Completes a sign-in with the secret. @throws AuthError */
  callback?(context: StrategyContext, input: StrategyInput): Promise<Proved>
}
