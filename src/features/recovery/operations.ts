/**
 * Recovery: whoever controls a verified address can set a new password (ASVS 5 6.4, NIST SP 800-63B-4 §4.2).
 *
 * Invariants: (1) no account enumeration: a known and an unknown address run the same statements; (2) if the
 * new password is rejected, the link or code stays usable; (3) a recovery ends every session and cancels
 * every other pending verification.
 */

import type {
  Accounts,
  Context,
  FlowOption,
  HeldSecret,
  Issued,
  JudgedCode,
  RequestOptions,
  Verified,
} from '../../core/index.js'
import {
  collectFaults,
  findSubject,
  judgeBreach,
  judgeCode,
  judgePassword,
  judgeResemblance,
  mintVerification,
  normalizeEmail,
  nowhere,
  readCode,
  readFlow,
  readHolder,
  readLink,
  readRequester,
  redeemWithPassword,
  requireObject,
  requireString,
  setByLink,
  useCode,
} from '../../core/index.js'
import type { RecoveryStatements } from './statements.js'

/** The secret that a password is reset with. */
export type ResetSecret =
  | { readonly email: string; readonly code: string; readonly token?: undefined }
  | { readonly token: string; readonly email?: undefined; readonly code?: undefined }

declare module '../../core/index.js' {
  interface Accounts {
    /**
     * Sends a recovery message to a verified address. No account enumeration: any other address gets the same
     * result from the same statements.
     */
    requestPasswordRecovery(email: string, options?: RequestOptions): Promise<Issued>
    /**
     * Redeems a recovery and sets a password. If the password is rejected, the link or code stays usable.
     * @throws AuthError `invalid_token`, `confirmation_required`, `input_invalid`
     * @throws TypeError with a code inside a transaction
     */
    resetPassword(secret: ResetSecret, password: string, options?: FlowOption): Promise<Verified>
  }
}

/** The recovery operations. */
export function createRecovery(context: Context, statements: RecoveryStatements) {
  const { store, announcer } = context

  async function resetByCode(
    secret: { email: unknown; code: unknown },
    options: FlowOption,
    password: string,
  ): Promise<Verified> {
    const email = requireString('email', secret.email)
    const attempt = readCode(context, { code: secret.code, value: email, options }, 'recovery')
    // First check what doesn't depend on the user, so that a rejected password neither uses up an attempt nor
    // reveals whether the code was right.
    collectFaults(await judgePassword(context, password, { addresses: [attempt.valueKey], names: [] }))
    const judged = await judgeCode(context, secret.code as string, attempt)
    const held = { type: 'recovery', by: judged.by, holder: readHolder(context, options) } as const
    return useCode(context, judged, async () => {
      await refuseUnfit(held, judged, password)
      return redeemWithPassword(context, held, password)
    })
  }

  // These checks run only after a right code, so a rejection doesn't use up an attempt.
  async function refuseUnfit(held: HeldSecret, judged: JudgedCode, password: string): Promise<void> {
    const subject = await findSubject(context, held)
    const fault =
      (await judgeResemblance(context, password, subject)) ?? (await judgeBreach(context, password))
    if (fault === null) return
    await store.verifications.refundAttempt(judged.attempt, judged.ids)
    collectFaults(fault)
  }

  return {
    async requestPasswordRecovery(email: string, options: RequestOptions = {}): Promise<Issued> {
      const address = normalizeEmail(requireString('email', email)) ?? nowhere
      const minted = mintVerification(context, 'recovery', readRequester(options))
      const codeLength = await statements.request(address, minted)
      announcer.queued()
      return { codeLength }
    },

    async resetPassword(secret: ResetSecret, password: string, options: FlowOption = {}): Promise<Verified> {
      const { token, email, code } = requireObject('secret', secret)
      const next = requireString('password', password)
      if (token === undefined) return resetByCode({ email, code }, options, next)
      const by = { kind: 'link', ...readLink(context, token, readFlow(options)) } as const
      return setByLink(context, { type: 'recovery', by, holder: readHolder(context, options) }, next)
    },
  } satisfies Partial<Accounts>
}
