export type * from './types.js'
export type * from './message.js'
export { kernelNotices } from './message.js'
export type * from './open-interfaces.js'
export { kernelPurposes, purposesWith } from './purposes.js'
export type { Purpose, PurposeTable } from './purposes.js'
export type * from './events.js'
export type { Actor } from './actor.js'
export { actorTypes, host, readActor } from './actor.js'
export { kernelEvents } from './events.js'
export type { Refusal, Refusals } from './refusals.js'
export type * from './ports/index.js'
export type * from './outbox.js'
export type {
  LimitRequester,
  Limit,
  LimitOptions,
  KnownRequester,
  LimitStore,
  FailedAttempt,
  TollPayment,
  LimitVerdict,
} from './limits.js'
export { createCodeLengths } from './code-lengths.js'
export type { CodeLengths } from './code-lengths.js'
export type { RevocationChannel, Signal } from './signals.js'
export { readSignal, signalAfterwards, nodeSignal, sessionSignal, userSignal } from './signals.js'
export type * from './session-backend.js'
export { foldPassword, toComparedForm } from './folding.js'
export { createAccounts } from './accounts.js'
export type * from './accounts.js'
export type { Context, CoreSettings } from './context.js'
export type { Authenticated, PasswordOptions } from './passwords.js'
export type { ProfileChange } from './profile.js'
export type { SignInAddress } from './sign-ins.js'
export type { ImportedUser } from './users.js'
export { metadataLimit } from './metadata.js'
export { normalizeEmail, nowhere } from './email.js'
export type { NormalizedAddress } from './email.js'
// For the operations of features.
export { collectFaults, gone, readFlow, requireId, requireObject, requireString } from './inputs.js'
export { findSubject, redeemWithPassword, setByLink } from './new-password.js'
export type { HeldSecret } from './new-password.js'
export { judgeBreach, judgePassword, judgeResemblance } from './password.js'
export { readRequester } from './requester.js'
export { judgeCode, mintVerification, readCode, readHolder, readLink, useCode } from './verifications.js'
export type { JudgedCode } from './verifications.js'
