/** `latchkey/client`: a typed client of the HTTP API. It runs wherever `fetch` exists. */

export { createClient } from './client.js'
export type { Client, MagicLink, SentStrategy, StrategyAnswer, Waiting } from './client.js'
export type { ClientOptions, NativeSession } from './call.js'
export { AuthError } from './error.js'
export type { RefusalDetails } from './error.js'
export type { ErrorCode, FieldFault, FieldRule } from '../base/index.js'
export type {
  Identity,
  ListedSession,
  Problem,
  ProfileInput,
  Scope,
  Session,
  SignedIn,
  User,
} from '../contract/index.js'
export { solveToll } from './toll.js'
export type { Toll } from './toll.js'
