/** What HTTP needs of an engine: its accounts, its strategies, its limits, its keys, and how it is configured. */

import type { Logger } from '../base/index.js'
import type { Accounts, Actor, CodeLengths, Message, Refusals } from '../core/index.js'
import type { SessionFeed } from '../session-cache/index.js'
import type { Strategy } from '../strategies/index.js'
import type { Telemetry } from '../telemetry/index.js'
import type { Limiter } from './limiter.js'
import type { Handler } from './handler.js'
import type { HttpKeys } from './http-keys.js'
import type { LimitTable } from './limit-table.js'

/** An engine as HTTP sees it. */
export interface Engine {
  /** What nobody is recorded for; routes use the accounts of their request context, which record who made the request. */
  readonly accounts: Pick<Accounts, 'getSession' | 'touchSession'> & { by(actor: Actor): Accounts }
  readonly strategies: readonly Strategy[]
  readonly limiter: Limiter
  /** Where refused requests are recorded. */
  readonly refusals: Refusals
  readonly keys: HttpKeys
  readonly settings: HttpSettings
  readonly logger: Logger
  readonly telemetry: Telemetry
  readonly inbox: { all(): readonly Message[] } | null
  readonly outbox: { drain(): Promise<unknown> }
  /** The address as it is compared, or null where it is malformed. */
  addressKey(type: 'email' | 'phone', value: string): string | null
  /** Who watches whether a session ended. */
  readonly feed: Pick<SessionFeed, 'subscribe'>
  health(): Promise<{ readonly status: string }>
  /** Milliseconds; a port, so that tests move it. */
  now(): number
}

/** How HTTP is configured. */
export interface HttpSettings {
  readonly baseUrl: string
  readonly basePath: string
  readonly production: boolean
  /** Whom the pages of development are for. */
  readonly development: 'off' | 'local' | 'open'
  readonly trustedProxies: number
  readonly allowedOrigins: readonly string[]
  readonly tokenTransport: 'cookie' | 'bearer'
  readonly handler: Handler
  readonly session: { readonly absoluteMs: number; readonly renewEveryMs: number }
  readonly verification: { readonly codeLengths: CodeLengths }
  readonly password: { readonly minLength: number; readonly maxLength: number }
  /** For the texts of pages: when a message may be sent again. */
  readonly limits: Pick<LimitTable, 'messagePause'>
}

/** Whether a link that is opened in another browser can let the one that asked sign in. */
export function offersApprovals(magicLink: Pick<Strategy, 'approvals'> | undefined): boolean {
  return magicLink !== undefined && magicLink.approvals !== false
}

/** Whether people sign in by a password, and so sign up and recover by one. */
export function offersPasswords(strategies: readonly Pick<Strategy, 'id'>[]): boolean {
  return strategies.some(({ id }) => id === 'password')
}
