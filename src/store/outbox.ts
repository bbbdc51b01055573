/**
 * The queue of messages in SQL.
 *
 * Invariants: (1) a row is leased by one worker at a time (`for update skip locked`), and one bad row blocks
 * no other; (2) each lease is counted, and that count is a fencing token: a worker whose lease expired can't
 * settle a message that another has taken over, also after a retry; (3) a delivered, failed, expired or
 * superseded message contains no secret; (4) a message sealed with a key that this node does not have is left
 * for a node that has it; (5) secrets are leased before notices, and expired messages are skipped, so that no
 * backlog delays a code.
 */

import type { MessageEvent, Outbox, OutboxEntry, OutboxState, SessionId } from '../core/index.js'
import type { Database, Row } from './queryable.js'
import type { Runner } from './runner.js'
import type { Tables } from './statement.js'
import { milliseconds, now, prepare } from './statement.js'
import { toBytes, toDate, toDateOrNull, toInteger, writeBytes, writeTime } from './values.js'

const pendingOf = (row: string): string => `${row}.delivered_at is null and ${row}.failed_at is null`
const pending = pendingOf('o')

function statements(t: Tables) {
  // During a rotation of keys or an upgrade, a node that has not restarted yet can't open every message.
  const openable = (heads: string): string => `(o.sealed is null
    or encode(substring(o.sealed from 1 for 5), 'hex') = any (string_to_array(${heads}::text, ',')))`
  // A message whose verification no longer exists has useless secrets: it was replaced, used or canceled.
  // Looked up row by row, so that no plan reads all verifications for a few messages.
  const ready = `${pending} and o.due_at <= ${now} and (o.leased_until is null or o.leased_until <= ${now})
    and (o.verification_id is null
      or (select v.id from ${t.verifications} v where v.id = o.verification_id) is not null)
    and ${openable('$1')}`
  // Up to that many secrets, then notices in the remaining places. Each index scan starts after the expired
  // rows.
  const chosen = (
    type: 'email' | 'phone',
    secrets: string,
    notices: string,
  ): string => `${type}_secrets as materialized (
        select o.id from ${t.outbox} o
        where o.to_type = '${type}' and o.expires_at > ${now} and ${ready}
        order by o.expires_at limit ${secrets}::integer
        for update skip locked
      ),
      ${type}_notices as materialized (
        select o.id from ${t.outbox} o
        where o.to_type = '${type}' and o.expires_at is null and ${ready}
        order by o.due_at
        limit least(${notices}::integer, ${secrets}::integer - (select count(*) from ${type}_secrets))
        for update skip locked
      )`
  const next = (type: 'email' | 'phone'): string => `select o.id, o.verification_id from ${t.outbox} o
    where o.to_type = '${type}' and o.expires_at > ${now} and ${pending} and o.due_at <= ${now}
      and o.verification_id is not null
    order by o.expires_at limit 4 * $1::integer`
  const entry = `o.id, o.event, o.to_type, o.to_value, o.attempts, o.last_error,
    ${writeTime('o.due_at')} as due_at, ${writeTime('o.delivered_at')} as delivered_at,
    ${writeTime('o.failed_at')} as failed_at, ${writeTime('o.created_at')} as created_at`
  const list = (state: string, condition: string, order: string) =>
    prepare(
      `outbox_list_${state}`,
      `select ${entry} from ${t.outbox} o where o.user_id is not null and ${condition}
      order by ${order} desc, o.id limit $1::integer`,
    )
  return {
    lease: prepare(
      'outbox_lease',
      `with ${chosen('email', '$3', '$4')},
      ${chosen('phone', '$5', '$6')},
      leased as (
        update ${t.outbox} o set leased_until = ${now} + ${milliseconds('$2')}, attempts = o.attempts + 1,
          leases = o.leases + 1
        where o.id = any (array(
          select id from email_secrets union all select id from email_notices
          union all select id from phone_secrets union all select id from phone_notices
        ))
        returning o.*
      )
      select l.id, l.event, l.to_type, l.to_value, ${writeBytes('l.sealed')} as sealed, l.code_length, l.attempts,
        l.leases, ${writeTime('l.expires_at')} as expires_at, l.user_id, l.session_id,
        u.name as user_name, u.metadata ->> 'locale' as user_locale
      from leased l left join lateral (select * from ${t.users} where id = l.user_id offset 0) u on true
      order by l.due_at, l.id`,
    ),

    // Closes messages that are over: expired secrets from the beginning of their index, and those whose
    // verification no longer exists among the next to be leased.
    discard: prepare(
      'outbox_discard',
      `with dead as materialized (
        select o.id from ${t.outbox} o
        where o.id = any (array(
          (select e.id from ${t.outbox} e
            where ${pendingOf('e')} and e.expires_at <= ${now} and e.to_type in ('email', 'phone') limit $1::integer)
          union all
          (select e.id from (
            (${next('email')}) union all (${next('phone')})
          ) e where (select v.id from ${t.verifications} v where v.id = e.verification_id) is null limit $1::integer)
        )) and ${pending} and (o.leased_until is null or o.leased_until <= ${now})
        for update skip locked
      )
      update ${t.outbox} o set failed_at = ${now}, sealed = null, leased_until = null,
        last_error = case
          when o.expires_at is null or o.expires_at > ${now} then 'superseded'
          when ${openable('$2')} then 'expired'
          else 'expired, sealed under a secret that the node which closed it does not have'
        end
      where o.id = any (array(select dead.id from dead))
      returning o.id`,
    ),

    settle: prepare(
      'outbox_settle',
      `update ${t.outbox} o set leased_until = null,
        delivered_at = case when $3::text in ('delivered', 'dropped') then ${now} end,
        failed_at = case when $3::text = 'failed' then ${now} end,
        sealed = case when $3::text = 'retry' then o.sealed end,
        due_at = case when $3::text = 'retry' then ${now} + ${milliseconds('$4')} else o.due_at end,
        last_error = $5::text
      where o.id = $1::uuid and o.leases = $2::integer and ${pending}
      returning o.id`,
    ),

    // The first message that waits, and the first lease to expire: each is the beginning of an index.
    nextDue: prepare(
      'outbox_next_due',
      `select ceil(extract(epoch from least(
        (select o.due_at from ${t.outbox} o
          where ${pending} and o.leased_until is null and (${openable('$1')} or o.expires_at <= ${now})
          order by o.due_at limit 1),
        (select greatest(o.due_at, o.leased_until) from ${t.outbox} o
          where ${pending} and o.leased_until is not null and ${openable('$1')} order by o.leased_until limit 1)
      ) - ${now}) * 1000)::bigint::text as due_in`,
    ),

    list: {
      all: list('all', 'true', 'o.created_at'),
      // In the order in which they are due, which is the order of their index.
      pending: list('pending', pending, 'o.due_at'),
      delivered: list('delivered', 'o.delivered_at is not null', 'o.created_at'),
      failed: list('failed', 'o.failed_at is not null', 'o.created_at'),
    },

    retry: prepare(
      'outbox_retry',
      `with target as (
        select o.id, o.sealed is not null or o.verification_id is null as whole,
          o.leased_until > ${now} and ${pending} as held
        from ${t.outbox} o where o.id = $1::uuid and o.user_id is not null for update
      ),
      revived as (
        update ${t.outbox} o set due_at = ${now}, leased_until = null, delivered_at = null, failed_at = null,
          attempts = 0, last_error = null
        from target where o.id = target.id and target.whole and target.held is not true
        returning o.id
      )
      select coalesce(target.held, false) or exists (select from revived) as due, pg_notify('${t.channel}', '')::text as announced from target`,
    ),
  }
}

function toEntry(row: Row): OutboxEntry {
  const deliveredAt = toDateOrNull(row['delivered_at'])
  const failedAt = toDateOrNull(row['failed_at'])
  const settled: OutboxState | null = deliveredAt !== null ? 'delivered' : failedAt !== null ? 'failed' : null
  return {
    id: row['id'] as string,
    event: row['event'] as MessageEvent,
    to: { type: row['to_type'] as 'email' | 'phone', value: row['to_value'] as string },
    state: settled ?? 'pending',
    attempts: row['attempts'] as number,
    dueAt: toDate(row['due_at']),
    deliveredAt,
    failedAt,
    lastError: row['last_error'] as string | null,
    createdAt: toDate(row['created_at']),
  }
}

function toLeased(row: Row) {
  const userId = row['user_id'] as string | null
  return {
    id: row['id'] as string,
    event: row['event'] as MessageEvent,
    to: { type: row['to_type'] as 'email' | 'phone', value: row['to_value'] as string },
    user:
      userId === null
        ? null
        : {
            id: userId,
            name: row['user_name'] as string | null,
            locale: row['user_locale'] as string | null,
          },
    sealed: row['sealed'] === null ? null : toBytes(row['sealed']),
    codeLength: row['code_length'] as number | null,
    sessionId: row['session_id'] as SessionId | null,
    attempts: row['attempts'] as number,
    lease: row['leases'] as number,
    expiresAt: toDateOrNull(row['expires_at']),
  }
}

/** The queue of one schema, as seen by a node that can open secrets with one of the prefixes `sealHeads`. */
export function createOutbox(
  runner: Runner,
  tables: Tables,
  node: { readonly database: Database; readonly sealHeads: readonly string[] },
): Outbox {
  const sql = statements(tables)
  const heads = node.sealHeads.join(',')

  return {
    async lease({ email, phone }, leaseMs) {
      const room = [email.secrets, email.notices, phone.secrets, phone.notices]
      return (await runner.rows(sql.lease, [heads, leaseMs, ...room])).map(toLeased)
    },

    async discard(limit) {
      return (await runner.rows(sql.discard, [limit, heads])).length
    },

    async settle({ id, lease }, outcome) {
      const afterMs = outcome.state === 'retry' ? outcome.afterMs : 0
      const error = 'error' in outcome ? outcome.error : null
      return (await runner.row(sql.settle, [id, lease, outcome.state, afterMs, error])) !== undefined
    },

    async nextDueMs() {
      const dueIn = (await runner.row(sql.nextDue, [heads]))?.['due_in'] ?? null
      return dueIn === null ? null : Math.max(0, toInteger(dueIn))
    },

    async list({ state, limit }) {
      return (await runner.rows(sql.list[state ?? 'all'], [limit])).map(toEntry)
    },

    async retry(id) {
      const row = await runner.row(sql.retry, [id])
      if (row === undefined) return 'gone'
      return row['due'] === true ? 'due' : 'wiped'
    },

    onQueued: (callback) => node.database.listen(tables.channel, () => callback()),
  }
}
