/** What the routes need of an engine: its accounts, its development inbox and its health. */

import type { Accounts, Message } from '../core/index.js'

/** An engine as HTTP sees it. */
export interface Engine {
  readonly accounts: Accounts
  readonly inbox: { all(): readonly Message[] } | null
  readonly outbox: { drain(): Promise<unknown> }
  health(): Promise<{ readonly status: string }>
}

/** Where the engine is served. */
export interface Place {
  /** The origin that the browser sees, such as `http://localhost:3000`. */
  readonly baseUrl: string
  /** Such as `/auth`. */
  readonly basePath: string
  /** Whether the page and the inbox of development are served. */
  readonly development: boolean
  readonly newId: () => string
}
