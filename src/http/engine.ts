/** The parts of an `Auth` that HTTP needs: its accounts, strategies, limits, keys and settings. */

import type { Logger } from '../base/index.js'
import type { Accounts, Actor, CodeLengths, Message, Refusals } from '../core/index.js'
import type { SessionFeed } from '../session-cache/index.js'
import type { Strategy } from '../strategies/index.js'
import type { Telemetry } from '../telemetry/index.js'
import type { Limiter } from './limiter.js'
import type { Handler } from './handler.js'
import type { HttpKeys } from './http-keys.js'
import type { LimitTable } from './limit-table.js'

/** The operations of one actor: those of accounts, and those of features by their keys. */
export interface Operations {
  readonly accounts: Accounts
  readonly features: Readonly<Record<string, object>>
}

/** An `Auth` as HTTP sees it. */
export interface Engine {
  /**
   * Operations that are not recorded. Routes use the accounts of their request context, which record the
   * requester.
   */
  readonly accounts: Pick<Accounts, 'getSession' | 'touchSession'>
  /** The operations, recorded as done by this actor. */
  operationsBy(actor: Actor): Operations
  readonly strategies: readonly Strategy[]
  readonly limiter: Limiter
  /** Records refused requests. */
  readonly refusals: Refusals
  readonly keys: HttpKeys
  readonly settings: HttpSettings
  readonly logger: Logger
  readonly telemetry: Telemetry
  readonly inbox: { all(): readonly Message[] } | null
  readonly outbox: { drain(): Promise<unknown> }
  /** The normalized address, or null if it is malformed. */
  addressKey(type: 'email' | 'phone', value: string): string | null
  /** Reports sessions that ended. */
  readonly feed: Pick<SessionFeed, 'subscribe'>
  health(): Promise<{ readonly status: string }>
  /** The time in milliseconds; tests replace it. */
  now(): number
}

/** The HTTP settings. */
export interface HttpSettings {
  readonly baseUrl: string
  readonly basePath: string
  readonly production: boolean
  /** Who may see the development pages. */
  readonly development: 'off' | 'local' | 'open'
  readonly trustedProxies: number
  readonly allowedOrigins: readonly string[]
  readonly tokenTransport: 'cookie' | 'bearer'
  readonly handler: Handler
  readonly session: { readonly absoluteMs: number; readonly renewEveryMs: number }
  readonly verification: { readonly codeLengths: CodeLengths }
  readonly password: { readonly minLength: number; readonly maxLength: number }
  /** For texts that say when a message may be sent again. */
  readonly limits: Pick<LimitTable, 'messagePause'>
}

/** Whether a link opened in another browser can approve the sign-in of the requesting browser. */
export function offersApprovals(magicLink: Pick<Strategy, 'approvals'> | undefined): boolean {
  return magicLink !== undefined && magicLink.approvals !== false
}

/** Whether people sign in with a password, and so can sign up and recover with one. */
export function offersPasswords(strategies: readonly Pick<Strategy, 'id'>[]): boolean {
  return strategies.some(({ id }) => id === 'password')
}
