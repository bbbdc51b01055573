/** The names of the schemas in OpenAPI documents: a stable list, written by hand. */

import type { ZodType } from 'zod'
import { codeCallbackInput, emailRequestInput, phoneCodeCallbackInput, phoneRequestInput } from './code.js'
import { healthSchema, readySchema } from './health.js'
import { identitiesSchema, identitySchema } from './identity.js'
import { linkCallbackInput } from './magic-link.js'
import { passwordChangeInput, passwordRequestInput } from './password.js'
import { fieldFaultSchema, problemSchema } from './problem.js'
import { listedSessionSchema, scopeSchema, sessionSchema, sessionsSchema, signedInSchema } from './session.js'
import { signUpInput } from './sign-up.js'
import { verificationSentSchema } from './status.js'
import { profileInput, userAnswerSchema, userSchema } from './user.js'
import { verificationCallbackInput } from './verification.js'

/** Schemas by the name of their component. Schemas that are not listed are inlined. */
export const namedSchemas: Readonly<Record<string, ZodType>> = {
  User: userSchema,
  UserAnswer: userAnswerSchema,
  ProfileInput: profileInput,
  Session: sessionSchema,
  ListedSession: listedSessionSchema,
  Sessions: sessionsSchema,
  Scope: scopeSchema,
  SignedIn: signedInSchema,
  Identity: identitySchema,
  Identities: identitiesSchema,
  Problem: problemSchema,
  FieldFault: fieldFaultSchema,
  SignUpInput: signUpInput,
  PasswordRequestInput: passwordRequestInput,
  PasswordChangeInput: passwordChangeInput,
  EmailRequestInput: emailRequestInput,
  PhoneRequestInput: phoneRequestInput,
  LinkCallbackInput: linkCallbackInput,
  CodeCallbackInput: codeCallbackInput,
  PhoneCodeCallbackInput: phoneCodeCallbackInput,
  VerificationCallbackInput: verificationCallbackInput,
  VerificationSent: verificationSentSchema,
  Health: healthSchema,
  Ready: readySchema,
}
