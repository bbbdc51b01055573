/** What every operation of the core works with: the ports and the settings, wired once in `auth/`. */

import type { CodeLengths } from './code-lengths.js'
import type { Announcer } from './events.js'
import type { AuditRetention, Hasher, PasswordBlocklist, Phones, Secrets, Store } from './ports/index.js'
import type { PurposeTable } from './purposes.js'

/** The settings that the core itself uses. All durations are in milliseconds. */
export interface CoreSettings {
  readonly purposes: PurposeTable
  readonly password: {
    readonly minLength: number
    readonly maxLength: number
    /** Words that may not be used as a password, such as the product's name. */
    readonly context: readonly string[]
  }
  readonly verification: {
    readonly linkLifetimeMs: number
    readonly codeLifetimeMs: number
    readonly codeLengths: CodeLengths
  }
  readonly sweep: { readonly claimsAfterMs: number }
  readonly audit: AuditRetention
}

/** The ports and settings of one `Auth`, or of one transaction of it. */
export interface Context {
  readonly store: Store
  readonly secrets: Secrets
  readonly hasher: Hasher
  readonly blocklist: PasswordBlocklist
  readonly phones: Phones
  readonly announcer: Announcer
  readonly settings: CoreSettings
  /** Whether the store runs in the caller's transaction, which may still be rolled back. */
  readonly inTransaction: boolean
}
