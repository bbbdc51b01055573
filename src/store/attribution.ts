/**
 * Every statement that inserts into the audit takes the actor from one parameter, which the runner appends,
 * and returns the inserted rows, which the runner announces as events.
 *
 * Invariant: no statement can omit either, since `prepare` completes every text that inserts into the audit,
 * and rejects one that it can't complete.
 */

import type { Actor, AuthEvent } from '../core/index.js'
import type { Row } from './queryable.js'

/** The relation with one row that provides the actor of each audit row. */
export const actorRelation = 'actor'

/** The audit columns that the actor fills, as named in `actorRelation`; the address is `actor_ip`. */
export const actorColumns = 'actor_type, actor_id, via_id, impersonator_id, request_id'

// Its column names occur in no other relation of a statement, so they need no prefix.
const fields = {
  actor_type: 'text',
  actor_id: 'uuid',
  via_id: 'uuid',
  impersonator_id: 'uuid',
  request_id: 'uuid',
  actor_ip: 'inet',
  actor_user_agent: 'text',
}

// Not materialized, so that nothing is planned or executed for it but the parts of the parameter that an
// audit row takes.
function actorOf(parameter: string): string {
  const columns = Object.entries(fields).map(
    ([name, type]) => `(${parameter}::jsonb ->> '${name}')::${type} as ${name}`,
  )
  return `${actorRelation} as not materialized (select ${columns.join(', ')})`
}

/** Whether a statement inserts into the audit. */
export function isLogging(text: string): boolean {
  return /\binsert into "[a-z0-9_]+"\.audit\b/.test(text)
}

function maxParameter(text: string): number {
  return Math.max(0, ...[...text.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number)))
}

// The relations that insert into the audit, in the order of the text.
const insertions = /(\w+) as \(\s*insert into "[a-z0-9_]+"\.audit\b/g

// Where each select that produces rows of the result begins: those outside of all parentheses.
function resultSelects(text: string): readonly number[] {
  let depth = 0
  const found: number[] = []
  for (const { 0: token, index } of text.matchAll(/'[^']*'|"[^"]*"|[()]|\bselect\b/g)) {
    if (token === '(') depth++
    else if (token === ')') depth--
    else if (token === 'select' && depth === 0) found.push(index)
  }
  return found
}

const betweenEvents = '\n'
const betweenValues = ' '
// Ids, words of closed lists, and last the reason, which has one line. The row's number comes first: the process
// sorts the events, because a sort costs the server more than everything else here.
const eventValues = ['id', 'event', 'user_id', 'identity_id', 'session_id', 'reason']

// The events for listeners as text, in a column that every row of the result has.
function eventsOf(relations: readonly string[]): string {
  const rows = relations.map((relation) => `select * from ${relation}`).join(' union all ')
  const values = eventValues.map((name) => `l.${name}`).join(`, '${betweenValues}', `)
  return `(select string_agg(concat(${values}), '${betweenEvents}') from (${rows}) l) as logged_events`
}

function withEvents(text: string): string {
  const relations = [...text.matchAll(insertions)].map(([, relation]) => relation as string)
  const selects = resultSelects(text)
  if (relations.length === 0 || selects.length === 0) {
    throw new TypeError('An insert into the audit must be a relation of a statement that ends in a select.')
  }
  const column = eventsOf(relations)
  return selects.reduceRight((whole, at) => {
    const columns = whole.slice(at + 'select'.length).trimStart()
    return `${whole.slice(0, at)}select ${column}${columns.startsWith('from ') ? '' : ','} ${columns}`
  }, text)
}

/**
 * The text with its actor, which is one more parameter after all others, and with the events that it
 * recorded.
 */
export function attribute(plain: string): string {
  const text = plain.startsWith('insert ') ? `with logged as (${plain}) select from (select) one` : plain
  const parameter = `$${maxParameter(text) + 1}`
  return withEvents(`with ${actorOf(parameter)},\n    ${text.slice('with '.length)}`)
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

// The statements write no other names of events and reasons.
function toEvent([, type, userId, identityId, sessionId, ...words]: readonly string[]): AuthEvent {
  const reason = words.join(betweenValues)
  return {
    type,
    userId: userId === '' ? null : userId,
    ...(identityId !== '' && { identityId }),
    ...(sessionId !== '' && { sessionId }),
    ...(reason !== '' && { reason }),
  } as AuthEvent
}

/** The events that a statement recorded, in order, from its result rows. */
export function eventsFrom([first]: readonly Row[]): readonly AuthEvent[] {
  const recorded = first?.['logged_events']
  if (typeof recorded !== 'string') return []
  return recorded
    .split(betweenEvents)
    .map((event) => event.split(betweenValues))
    .sort(([before], [after]) => Number(before) - Number(after))
    .map(toEvent)
}
