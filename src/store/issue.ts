/**
 * Requesting a verification in SQL: the row with its hashes and the row with its message, as common table
 * expressions, so that they are part of the statement that decides who requests what.
 *
 * Invariants: (1) a secret and its message are written by one statement; (2) a new request replaces the
 * previous one of the same user, purpose, value and flow, keeps its count of attempts at the number, and
 * revokes its approval; (3) the length of the code depends on the wrong attempts of the day, by the same rule
 * as in the statement that counts them; (4) a verification that is issued while the proofs of its user end is
 * worthless (`pending.ts`).
 */

import type { NewVerification } from '../core/index.js'
import { markSeen } from './pending.js'
import type { Tables } from './statement.js'
import { milliseconds, now } from './statement.js'

const macBytes = 32

/**
 * Whose wrong attempts are counted (SQL expressions): the address, or the known browser at that address. Null
 * is skipped. No address contains a space.
 */
export function missSubject(knownBrowser: string, valueKey: string): string {
  return `concat_ws(' ', ${knownBrowser}, ${valueKey})`
}

/**
 * The request and its message for each row of `asked` (user_id, identity_id, address_type, value, value_key).
 * Its parameters are those of `requestValues`, starting at `first`. If the condition `sent` is false, there
 * is no message. `demanded` has the length of the code as `code_length`.
 */
export function request(t: Tables, first: number, sent = 'true'): string {
  const place = (index: number): string => `$${first + index}`
  const [id, type, flowHash, linkHash, codeMacs, keyVersion] = [0, 1, 2, 3, 4, 5].map(place)
  const [messageId, sealed, ip, userAgent] = [8, 9, 10, 11].map(place)
  const [knownBrowser, lengthenAfter, digits] = [12, 13, 14].map(place)
  const byEmail = `demanded.address_type = 'email'`
  const linkEnd = `${now} + ${milliseconds(place(6))}`
  const codeEnd = `${now} + ${milliseconds(place(7))}`
  return `demanded as (
      select asked.*, place.step, (${digits}::integer[])[place.step + 1] as code_length
      from asked left join ${t.attempts} held on held.budget = 'code' and held.resets_at > ${now}
        and held.subject = ${missSubject(`${knownBrowser}::text`, 'asked.value_key')}
      cross join lateral (select width_bucket(coalesce(held.count, 0), ${lengthenAfter}::integer[]) as step) place
    ),
    request as (
      insert into ${t.verifications} as held (id, user_id, identity_id, type, value, value_key, flow_hash, link_hash,
        code_mac, key_version, expires_at, code_expires_at, requested_ip, requested_user_agent, issued_under, created_at)
      select ${id}::uuid, demanded.user_id, demanded.identity_id, ${type}::text, demanded.value, demanded.value_key,
        ${flowHash}::bytea, case when ${byEmail} then ${linkHash}::bytea end,
        substring(${codeMacs}::bytea from demanded.step * ${macBytes} + 1 for ${macBytes}), ${keyVersion}::integer,
        case when ${byEmail} then ${linkEnd} else ${codeEnd} end, ${codeEnd}, ${ip}::inet, ${userAgent}::text,
        ${markSeen(t, 'demanded.user_id')}, ${now}
      from demanded
      on conflict (user_id, type, value_key, flow_hash) do update set
        id = excluded.id, identity_id = excluded.identity_id, value = excluded.value,
        link_hash = excluded.link_hash, code_mac = excluded.code_mac, key_version = excluded.key_version,
        attempts = 0,
        match_attempts = case when held.expires_at > ${now} then held.match_attempts else 0 end,
        expires_at = excluded.expires_at, code_expires_at = excluded.code_expires_at,
        requested_ip = excluded.requested_ip, requested_user_agent = excluded.requested_user_agent,
        approved_at = null, redeemed_at = null, redeemed_by = null, session_id = null, held_until = null,
        issued_under = excluded.issued_under, created_at = excluded.created_at
      returning id, user_id, identity_id, type, value, expires_at, code_expires_at
    ),
    message as (
      insert into ${t.outbox} (id, user_id, verification_id, event, to_type, to_value, sealed, code_length,
        expires_at, due_at, created_at)
      select ${messageId}::uuid, request.user_id, request.id, request.type, demanded.address_type, request.value,
        ${sealed}::bytea, demanded.code_length, least(request.expires_at, request.code_expires_at), ${now}, ${now}
      from request, demanded where ${sent}
    )`
}

/** The parameters of `request`, in order. */
export function requestValues(verification: NewVerification): unknown[] {
  return [
    verification.id,
    verification.type,
    verification.flowHash,
    verification.linkHash,
    verification.codeMacs,
    verification.keyVersion,
    verification.linkLifetimeMs,
    verification.codeLifetimeMs,
    verification.messageId,
    verification.sealed,
    verification.ip,
    verification.userAgent,
    verification.knownBrowser,
    verification.codeLengths.lengthenAfter,
    verification.codeLengths.digits,
  ]
}
