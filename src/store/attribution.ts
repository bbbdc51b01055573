/**
 * Who did it, in the text of a statement: whatever inserts into the audit takes the actor from one parameter, which the
 * runner appends.
 *
 * Invariant: a statement can't forget it, since `prepare` completes every text that inserts into the audit.
 */

import type { Actor } from '../core/index.js'

/** The relation of one row that each row of the audit takes its actor from. */
export const actorRelation = 'actor'

/** The columns of the audit that the actor fills, as `actorRelation` has them; the address is `actor_ip`. */
export const actorColumns = 'actor_type, actor_id, via_id, impersonator_id, request_id'

// Its columns have names that no other relation of a statement has, so that those need no prefix.
const fields =
  'actor_type text, actor_id uuid, via_id uuid, impersonator_id uuid, request_id uuid, actor_ip inet, actor_user_agent text'

/** Whether a statement inserts into the audit. */
export function isLogging(text: string): boolean {
  return /\binsert into "[a-z0-9_]+"\.audit\b/.test(text)
}

function mostParameter(text: string): number {
  return Math.max(0, ...[...text.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number)))
}

/** The text with its actor: one more parameter, behind all others. */
export function attribute(text: string): string {
  const parameter = `$${mostParameter(text) + 1}`
  const actor = `${actorRelation} as (select * from jsonb_to_record(${parameter}::jsonb) as given (${fields}))`
  return text.startsWith('with ')
    ? `with ${actor},\n    ${text.slice('with '.length)}`
    : `with ${actor}\n    ${text}`
}

/** The value of that parameter. */
export function actorParameter(actor: Actor): string {
  return JSON.stringify({
    actor_type: actor.type,
    actor_id: actor.id,
    via_id: actor.via,
    impersonator_id: actor.impersonator,
    request_id: actor.requestId,
    actor_ip: actor.ip,
    actor_user_agent: actor.userAgent,
  })
}
