/**
 * Why something failed: the internal and specific reasons of `AuthError.reason` and of the audit log. Clients
 * get the coarse `code` instead.
 *
 * Invariant: the unions are closed. A new reason is declared in `Reasons`, by a feature with `declare module`.
 */

import type { ErrorCode, FieldRule } from './error-codes.js'
import type { LimitName } from './limit-names.js'

/**
 * Every reason of its own. The value says which rows of the audit log can have it: those of failed sign-ins
 * (`sign_in`), of refused links, codes and numbers (`secret`), of refused requests (`request`), or none.
 */
export interface Reasons {
  /** No account has this verified address, or no user has this id. */
  user_unknown: 'sign_in'
  /** The password is not the account's. */
  password_wrong: 'sign_in'
  /** The account is disabled. */
  user_disabled: 'sign_in'
  /** The password or the account changed while the password was compared. */
  changed_meanwhile: 'sign_in'
  /** Too many wrong attempts in a row closed the password for unknown browsers. */
  password_closed: 'sign_in'

  /** No live code was sent there in this flow, or its attempts are used up. */
  code_unknown_or_exhausted: 'secret'
  /** The code is not the one that was sent. */
  code_wrong: 'secret'
  /** No live secret matches: it never existed, expired, or was used. */
  unknown_expired_or_used: 'secret'
  /** No sign-in waits for this approval, or its attempts are used up. */
  approval_unknown_or_exhausted: 'secret'
  /** The number is not the one that the waiting browser shows. */
  number_wrong: 'secret'

  /** A form without a valid token of its page. */
  form_token: 'request'
  /** The session is older than what was requested allows. */
  session_not_fresh: 'request'
  /** Too many passwords wait for a hash. */
  hash_queue_full: 'request'
  /** One session is watched too often at the same time. */
  too_many_watches_of_session: 'request'
  /** The sessions of one user are watched too often at the same time. */
  too_many_watches_of_user: 'request'

  /** The node watches as many sessions as it can. */
  too_many_watches: null
  /** The user was deleted. */
  user_gone: null
  /** The identity was removed. */
  identity_gone: null
  /** An identity that is not verified can't do this. */
  identity_unverified: null
  /** The session ended while it was used. */
  ended_meanwhile: null
  /** The session belongs to nobody or to another user. */
  session_of_nobody_or_another: null
  /** A session with this proof is being created by another request. */
  session_begun_meanwhile: null
  /** Another request used the proof first. */
  proof_used_meanwhile: null
  /** Another request used the secret first. */
  used_meanwhile: null
  /** The link has no valid form. */
  link_malformed: null
  /** The code has no valid form. */
  code_malformed: null
  /** The address is of a kind that this strategy doesn't send to. */
  address_of_another_kind: null
  /** Another account has verified this address. */
  address_taken: null
  /** The body of the request can't be read. */
  body_malformed: null
  /** The message doesn't exist. */
  message_gone: null
  /** The secret of the message was deleted, so that it can't be sent again. */
  message_wiped: null
  /** There is no inbox, since a sender is configured. */
  no_inbox: null
  /** The inbox doesn't contain this message. */
  no_such_message: null
  /** The development pages are served to this machine only. */
  development_is_for_this_machine: null
  /** There is no file of this name. */
  asset_unknown: null
  /** This node doesn't have the key under which the secret was made. */
  key_unknown: null
  /** Too many requests change the same address at the same time. */
  address_contended: null
  /** Too many requests change the same claim at the same time. */
  claim_contended: null
  /** Too many requests count attempts at the same code at the same time. */
  count_contended: null
  /** Too many requests count against the same limit at the same time. */
  limit_contended: null
  /** The clock of the database is behind the time of a proof. */
  database_clock_behind: null
  /** The database can't be reached. */
  database_unreachable: null
  /** The database refused what the operator has configured. */
  database_refused: null
  /** The database failed without an SQLSTATE. */
  database_fault: null
  /** A password could not be hashed. */
  hash_fault: null
  /** The HTTP layer could not be loaded. */
  http_not_loaded: null
  /** A fault that nothing expected. Its cause is in the log. */
  unexpected: null
}

type ReasonOf<Place> = {
  [Name in keyof Reasons]: Reasons[Name] extends Place ? Name : never
}[keyof Reasons]

/** Why a sign-in failed, as the audit log records it. */
export type SignInFailure = ReasonOf<'sign_in'>

/** Why a link, a code or a number was refused, as the audit log records it. */
export type SecretFailure = ReasonOf<'secret'>

/** Why a sign-in or a secret failed, as the audit log records it. */
export type FailureReason = SignInFailure | SecretFailure

/** The codes of the refusals that the audit log records as `request.refused`. */
export type RecordedCode = 'rate_limited' | 'forbidden_origin' | 'assurance_required'

/** Why a request was refused, as the audit log records it: also a limit, or the limits that require a toll. */
export type RefusalReason = ReasonOf<'request'> | RecordedCode | `limit_${LimitName}` | `toll_${string}`

/** The `SQLSTATE` of a database, such as `57014`. */
export type SqlState = string & { readonly kind: 'SQLSTATE' }

/** Which fields of an input break which rules, such as `email_format`; several are separated by spaces. */
export type FieldReason = `${string}_${FieldRule}`

/** Why an `AuthError` was thrown. Without a reason of its own it has that of its code. */
export type Reason =
  | ErrorCode
  | keyof Reasons
  | RefusalReason
  | FieldReason
  | `${string}_malformed`
  | `redis_${string}`
  | SqlState
