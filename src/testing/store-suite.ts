/**
 * The Store suite: tests every operation on a database of the host's choice. It works with any test runner,
 * leaves other users alone, and can run any number of times on one database.
 */

import { randomUUID } from 'node:crypto'
import { approvalCases } from './suite/approvals.js'
import { auditCases } from './suite/audit.js'
import { featureCases } from '../features/cases.js'
import type { Case, Kit } from './suite/case.js'
import { createKit } from './suite/case.js'
import { identityCases } from './suite/identities.js'
import { outboxCases } from './suite/outbox.js'
import { passwordCases } from './suite/passwords.js'
import { profileCases } from './suite/profile.js'
import { sessionCases } from './suite/sessions.js'
import { signInCases } from './suite/sign-ins.js'
import { signUpCases } from './suite/sign-ups.js'
import { transactionCases } from './suite/transactions.js'
import { userCases } from './suite/users.js'
import { verificationCases } from './suite/verifications.js'
import type { TestAuth } from './test-auth.js'

/** The functions of a test runner that the suite calls; vitest, jest and node:test have them. */
export interface StoreSuiteRunner {
  describe(name: string, body: () => void): unknown
  it(name: string, body: () => Promise<void>): unknown
  afterAll(body: () => Promise<void>): unknown
}

/** All cases by noun. */
export const storeCases: Readonly<Record<string, readonly Case[]>> = {
  identities: identityCases,
  verifications: verificationCases,
  'sign-ups': signUpCases,
  'sign-ins': signInCases,
  approvals: approvalCases,
  passwords: passwordCases,
  sessions: sessionCases,
  profile: profileCases,
  users: userCases,
  outbox: outboxCases,
  transactions: transactionCases,
  audit: auditCases,
  ...featureCases,
}

/**
 * Declares the suite; `open` is called once and returns what `createTestAuth` returns.
 * @example
 * ```ts
 * describeStore({ describe, it, afterAll }, () => createTestAuth({ database: process.env.TEST_DATABASE }))
 * ```
 */
export function describeStore(runner: StoreSuiteRunner, open: () => Promise<TestAuth>): void {
  let opening: Promise<Kit> | undefined
  const kit = (): Promise<Kit> =>
    (opening ??= open().then((test) => createKit(test, randomUUID().slice(0, 8))))

  runner.describe('the Store suite', () => {
    runner.afterAll(async () => (await kit()).auth.close())
    for (const [noun, cases] of Object.entries(storeCases)) {
      runner.describe(noun, () => {
        for (const { name, run } of cases) runner.it(name, async () => run(await kit()))
      })
    }
  })
}
