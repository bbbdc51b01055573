/** The store as a whole, and what its sweep deletes. */

import type { SweepReport } from '../types.js'
import type { ApprovalStore } from './approvals.js'
import type { IdentityStore } from './identities.js'
import type { PasswordStore } from './passwords.js'
import type { SessionStore } from './sessions.js'
import type { SignInStore } from './sign-ins.js'
import type { SignUpStore } from './sign-ups.js'
import type { UserStore } from './users.js'
import type { VerificationStore } from './verifications.js'

/** Everything that the core needs from a database. */
export interface Store {
  readonly users: UserStore
  readonly identities: IdentityStore
  readonly passwords: PasswordStore
  readonly sessions: SessionStore
  readonly verifications: VerificationStore
  readonly signUps: SignUpStore
  readonly signIns: SignInStore
  readonly approvals: ApprovalStore
  /** The statements of features, by the id of the feature. */
  readonly features: Readonly<Record<string, unknown>>
  sweep(options: {
    readonly dryRun: boolean
    readonly claimsAfterMs: number
    readonly audit: AuditRetention
  }): Promise<SweepReport>
}

/** How long audit rows are kept. */
export interface AuditRetention {
  /** Null: as long as the database requires, which is also the minimum for any other value. */
  readonly keepMs: number | null
  /** How long personal data is kept in them. */
  readonly keepPersonalMs: number
}
