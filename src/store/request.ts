/**
 * The request of a verification in SQL: the row that holds its hashes and the row that holds its message, as common
 * table expressions, so that they stand in the statement that decides who asks for what.
 *
 * Invariants: (1) a secret and its message are one statement; (2) a new request replaces the older one of the same
 * user, purpose, value and flow, keeps its counts of wrong tries, and takes back its approval; (3) what is issued while
 * the proofs of its user end is worthless (`pending.ts`).
 */

import type { NewVerification } from '../core/index.js'
import { markSeen } from './pending.js'
import type { Tables } from './statement.js'
import { milliseconds, now } from './statement.js'

/**
 * The request and its message for each row of `asked` (user_id, identity_id, address_type, value, value_key). Its
 * parameters are those of `requestValues`, from `first` on. Where the condition `sent` fails, there is no message.
 */
export function request(t: Tables, first: number, sent = 'true'): string {
  const place = (index: number): string => `$${first + index}`
  const [id, type, flowHash, linkHash, codeMac, keyVersion] = [0, 1, 2, 3, 4, 5].map(place)
  const [messageId, sealed, ip, userAgent] = [8, 9, 10, 11].map(place)
  const byEmail = `asked.address_type = 'email'`
  const linkEnd = `${now} + ${milliseconds(place(6))}`
  const codeEnd = `${now} + ${milliseconds(place(7))}`
  return `request as (
      insert into ${t.verifications} as held (id, user_id, identity_id, type, value, value_key, flow_hash, link_hash,
        code_mac, key_version, expires_at, code_expires_at, requested_ip, requested_user_agent, issued_under, created_at)
      select ${id}::uuid, asked.user_id, asked.identity_id, ${type}::text, asked.value, asked.value_key,
        ${flowHash}::bytea, case when ${byEmail} then ${linkHash}::bytea end, ${codeMac}::bytea, ${keyVersion}::integer,
        case when ${byEmail} then ${linkEnd} else ${codeEnd} end, ${codeEnd}, ${ip}::inet, ${userAgent}::text,
        ${markSeen(t, 'asked.user_id')}, ${now}
      from asked
      on conflict (user_id, type, value_key, flow_hash) do update set
        id = excluded.id, identity_id = excluded.identity_id, value = excluded.value,
        link_hash = excluded.link_hash, code_mac = excluded.code_mac, key_version = excluded.key_version,
        attempts = case when held.code_expires_at > ${now} then held.attempts else 0 end,
        match_attempts = case when held.expires_at > ${now} then held.match_attempts else 0 end,
        expires_at = excluded.expires_at, code_expires_at = excluded.code_expires_at,
        requested_ip = excluded.requested_ip, requested_user_agent = excluded.requested_user_agent,
        approved_at = null, issued_under = excluded.issued_under, created_at = excluded.created_at
      returning id, user_id, identity_id, type, value, expires_at, code_expires_at
    ),
    message as (
      insert into ${t.outbox} (id, user_id, verification_id, event, to_type, to_value, sealed, expires_at, due_at,
        created_at)
      select ${messageId}::uuid, request.user_id, request.id, request.type, asked.address_type, request.value,
        ${sealed}::bytea,
        least(request.expires_at, request.code_expires_at), ${now}, ${now}
      from request, asked where ${sent}
    )`
}

/** The parameters of `request`, in their order. */
export function requestValues(verification: NewVerification): unknown[] {
  return [
    verification.id,
    verification.type,
    verification.flowHash,
    verification.linkHash,
    verification.codeMac,
    verification.keyVersion,
    verification.linkLifetimeMs,
    verification.codeLifetimeMs,
    verification.messageId,
    verification.sealed,
    verification.ip,
    verification.userAgent,
  ]
}
