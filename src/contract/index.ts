export { codeCallbackInput, emailRequestInput, phoneCodeCallbackInput, phoneRequestInput } from './code.js'
export { toFieldFaults } from './faults.js'
export { healthSchema, readySchema } from './health.js'
export { identitiesSchema, identitySchema } from './identity.js'
export type { JsonObject, JsonValue } from './json.js'
export { linkCallbackInput } from './magic-link.js'
export { namedSchemas } from './names.js'
export { passwordChangeInput, passwordRequestInput } from './password.js'
export { fieldFaultSchema, problemSchema } from './problem.js'
export {
  listedSessionSchema,
  scopeSchema,
  sessionSchema,
  sessionsQuery,
  sessionsSchema,
  signedInSchema,
} from './session.js'
export { signUpInput } from './sign-up.js'
export { statusSchema, verificationSentSchema } from './status.js'
export { text, textLimits } from './text.js'
export type {
  CodeCallbackInput,
  EmailRequestInput,
  Health,
  Identities,
  Identity,
  LinkCallbackInput,
  ListedSession,
  PasswordChangeInput,
  PasswordRequestInput,
  PhoneCodeCallbackInput,
  PhoneRequestInput,
  Problem,
  ProfileInput,
  Ready,
  Scope,
  Session,
  Sessions,
  SignedIn,
  SignUpInput,
  User,
  UserAnswer,
  VerificationCallbackInput,
  VerificationSent,
} from './types.js'
export { profileInput, userAnswerSchema, userSchema } from './user.js'
export { verificationCallbackInput } from './verification.js'
