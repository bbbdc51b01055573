/** The types of the HTTP API, inferred from the schemas. */

import type { z } from 'zod'
import type * as code from './code.js'
import type * as health from './health.js'
import type * as identity from './identity.js'
import type * as magicLink from './magic-link.js'
import type * as password from './password.js'
import type * as problem from './problem.js'
import type * as session from './session.js'
import type * as signUp from './sign-up.js'
import type * as status from './status.js'
import type * as user from './user.js'
import type * as verification from './verification.js'

/** A user; every time is an ISO 8601 string. */
export type User = z.output<typeof user.userSchema>
/** `{ user }`. */
export type UserAnswer = z.output<typeof user.userAnswerSchema>
/** A change of a profile. */
export type ProfileInput = z.output<typeof user.profileInput>
/** A signed-in session. */
export type Session = z.output<typeof session.sessionSchema>
/** A session in a list. */
export type ListedSession = z.output<typeof session.listedSessionSchema>
/** `{ sessions }`. */
export type Sessions = z.output<typeof session.sessionsSchema>
/** The signed-in user and session: `{ user, session }`. */
export type Scope = z.output<typeof session.scopeSchema>
/** The response of a sign-in. */
export type SignedIn = z.output<typeof session.signedInSchema>
/** An address or account that identifies a user. */
export type Identity = z.output<typeof identity.identitySchema>
/** `{ identities }`. */
export type Identities = z.output<typeof identity.identitiesSchema>
/** An error (RFC 9457). */
export type Problem = z.output<typeof problem.problemSchema>
/** An address and a new password. */
export type SignUpInput = z.output<typeof signUp.signUpInput>
/** An address and its password. */
export type PasswordRequestInput = z.output<typeof password.passwordRequestInput>
/** The current and the new password. */
export type PasswordChangeInput = z.output<typeof password.passwordChangeInput>
/** The email address to send a message to. */
export type EmailRequestInput = z.output<typeof code.emailRequestInput>
/** The phone number to send a message to. */
export type PhoneRequestInput = z.output<typeof code.phoneRequestInput>
/** A code with its email address. */
export type CodeCallbackInput = z.output<typeof code.codeCallbackInput>
/** A code with its phone number. */
export type PhoneCodeCallbackInput = z.output<typeof code.phoneCodeCallbackInput>
/** The token of a link; absent for the pending link. */
export type LinkCallbackInput = z.output<typeof magicLink.linkCallbackInput>
/** The secret that verifies an address. */
export type VerificationCallbackInput = z.output<typeof verification.verificationCallbackInput>
/** The secret that verifies an address, and the new password. */
/** `{ status: 'verification_sent' }`. */
export type VerificationSent = z.output<typeof status.verificationSentSchema>
/** `{ status: 'ok' }`. */
export type Health = z.output<typeof health.healthSchema>
/** The state of the database and its schema. */
export type Ready = z.output<typeof health.readySchema>
