/** The types of what crosses the wire, read from the schemas. */

import type { z } from 'zod'
import type * as code from './code.js'
import type * as health from './health.js'
import type * as identity from './identity.js'
import type * as magicLink from './magic-link.js'
import type * as password from './password.js'
import type * as problem from './problem.js'
import type * as recovery from './recovery.js'
import type * as session from './session.js'
import type * as signUp from './sign-up.js'
import type * as status from './status.js'
import type * as user from './user.js'
import type * as verification from './verification.js'

/** A person's record; every moment is an ISO 8601 text. */
export type User = z.output<typeof user.userSchema>
/** `{ user }`. */
export type UserAnswer = z.output<typeof user.userAnswerSchema>
/** A change of a profile. */
export type ProfileInput = z.output<typeof user.profileInput>
/** An authenticated period. */
export type Session = z.output<typeof session.sessionSchema>
/** A session in a list. */
export type ListedSession = z.output<typeof session.listedSessionSchema>
/** `{ sessions }`. */
export type Sessions = z.output<typeof session.sessionsSchema>
/** Who asks: `{ user, session }`. */
export type Scope = z.output<typeof session.scopeSchema>
/** The answer of a sign-in. */
export type SignedIn = z.output<typeof session.signedInSchema>
/** A way a user is known. */
export type Identity = z.output<typeof identity.identitySchema>
/** `{ identities }`. */
export type Identities = z.output<typeof identity.identitiesSchema>
/** A refusal. */
export type Problem = z.output<typeof problem.problemSchema>
/** An address and the password that is chosen for it. */
export type SignUpInput = z.output<typeof signUp.signUpInput>
/** An address and its password. */
export type PasswordRequestInput = z.output<typeof password.passwordRequestInput>
/** The password as it is, and as it is to be. */
export type PasswordChangeInput = z.output<typeof password.passwordChangeInput>
/** Where an email is to be sent. */
export type EmailRequestInput = z.output<typeof code.emailRequestInput>
/** Where a message is to be sent by phone. */
export type PhoneRequestInput = z.output<typeof code.phoneRequestInput>
/** A code that came by email. */
export type CodeCallbackInput = z.output<typeof code.codeCallbackInput>
/** A code that came to a phone. */
export type PhoneCodeCallbackInput = z.output<typeof code.phoneCodeCallbackInput>
/** The token of a link, or the parked one. */
export type LinkCallbackInput = z.output<typeof magicLink.linkCallbackInput>
/** What proves an address. */
export type VerificationCallbackInput = z.output<typeof verification.verificationCallbackInput>
/** What proves an address, and the new password. */
export type RecoveryCallbackInput = z.output<typeof recovery.recoveryCallbackInput>
/** `{ status: 'verification_sent' }`. */
export type VerificationSent = z.output<typeof status.verificationSentSchema>
/** `{ status: 'ok' }`. */
export type Health = z.output<typeof health.healthSchema>
/** The state of database and schema. */
export type Ready = z.output<typeof health.readySchema>
