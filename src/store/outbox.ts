/**
 * The queue of promised messages in SQL.
 *
 * Invariants: (1) a row is leased by one worker at a time (`for update skip locked`), and one bad row holds up no
 * other; (2) a try is counted when it is leased, and that count is the fence: a worker whose lease ran out can't
 * settle what another has taken over; (3) what is delivered, given up, expired or superseded holds no secret; (4) what
 * is sealed under a key that this node does not have is left for a node that has it.
 */

import type { MessageEvent, Outbox, OutboxEntry, OutboxState } from '../core/index.js'
import type { Database, Row } from './queryable.js'
import { toDate, toDateOrNull } from './rows.js'
import type { Runner } from './runner.js'
import type { Tables } from './statement.js'
import { milliseconds, now, prepare } from './statement.js'

const pending = 'o.delivered_at is null and o.failed_at is null'

function statements(t: Tables) {
  // A message whose verification is gone carries dead secrets: it was replaced, used or cancelled. Looked up row by row,
  // so that no plan reads all verifications for a few messages.
  const superseded = `o.verification_id is not null
    and (select v.id from ${t.verifications} v where v.id = o.verification_id) is null`
  // A node before its restart in a rotation of keys, or a release before the next format, cannot open everything.
  const openable = (heads: string): string => `(o.sealed is null
    or encode(substring(o.sealed from 1 for 5), 'hex') = any (string_to_array(${heads}::text, ',')))`
  const over = `(coalesce(o.expires_at <= ${now}, false) or (${superseded}))`
  const entry = `o.id, o.event, o.to_type, o.to_value, o.attempts, o.due_at, o.delivered_at, o.failed_at, o.last_error,
    o.created_at`
  // Whose rows are named in an array are found by their key. A join to a relation of unknown size reads the whole table.
  const idsOf = (condition: string): string => `any (array(select due.id from due where ${condition}))`
  const list = (state: string, condition: string, order: string) =>
    prepare(
      `outbox_list_${state}`,
      `select ${entry} from ${t.outbox} o where o.user_id is not null and ${condition}
      order by ${order} desc, o.id limit $1::integer`,
    )
  return {
    lease: prepare(
      'outbox_lease',
      `with due as materialized (
        select o.id, ${over} as over from ${t.outbox} o
        where ${pending} and o.due_at <= ${now} and (o.leased_until is null or o.leased_until <= ${now})
          and (${over} or ${openable('$3')})
        order by o.due_at, o.id limit $1::integer
        for update skip locked
      ),
      closed as (
        update ${t.outbox} o set failed_at = ${now}, sealed = null, leased_until = null,
          last_error = case
            when o.expires_at > ${now} then 'superseded'
            when ${openable('$3')} then 'expired'
            else 'expired, sealed under a secret that the node which closed it does not have'
          end
        where o.id = ${idsOf('due.over')}
        returning o.id
      ),
      leased as (
        update ${t.outbox} o set leased_until = ${now} + ${milliseconds('$2')}, attempts = o.attempts + 1
        where o.id = ${idsOf('not due.over')}
        returning o.*
      )
      select l.id, l.event, l.to_type, l.to_value, l.sealed, l.code_length, l.attempts, l.expires_at, l.user_id,
        u.name as user_name, u.metadata ->> 'locale' as user_locale, (select count(*) from closed)::integer as closed
      from (select) one left join leased l on true
        left join lateral (select * from ${t.users} where id = l.user_id offset 0) u on true
      order by l.due_at, l.id`,
    ),

    settle: prepare(
      'outbox_settle',
      `update ${t.outbox} o set leased_until = null,
        delivered_at = case when $3::text in ('delivered', 'dropped') then ${now} end,
        failed_at = case when $3::text = 'failed' then ${now} end,
        sealed = case when $3::text = 'retry' then o.sealed end,
        due_at = case when $3::text = 'retry' then ${now} + ${milliseconds('$4')} else o.due_at end,
        last_error = $5::text
      where o.id = $1::uuid and o.attempts = $2::integer and ${pending}
      returning o.id`,
    ),

    // The first that waits, and the first whose lease runs out: each is the beginning of an index.
    nextDue: prepare(
      'outbox_next_due',
      `select (extract(epoch from least(
        (select o.due_at from ${t.outbox} o where ${pending} and o.leased_until is null and ${openable('$1')}
          order by o.due_at limit 1),
        (select greatest(o.due_at, o.leased_until) from ${t.outbox} o
          where ${pending} and o.leased_until is not null and ${openable('$1')} order by o.leased_until limit 1)
      ) - ${now}) * 1000)::float8 as due_in`,
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
        select o.id, o.sealed is not null or o.verification_id is null as whole
        from ${t.outbox} o where o.id = $1::uuid and o.user_id is not null for update
      ),
      revived as (
        update ${t.outbox} o set due_at = ${now}, leased_until = null, delivered_at = null, failed_at = null,
          attempts = 0, last_error = null
        from target where o.id = target.id and target.whole
        returning o.id
      )
      select exists (select from revived) as due, pg_notify('${t.channel}', '')::text as announced from target`,
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
    sealed: row['sealed'] as Uint8Array | null,
    codeLength: row['code_length'] as number | null,
    attempts: row['attempts'] as number,
    expiresAt: toDateOrNull(row['expires_at']),
  }
}

/** The queue of one schema, as a node sees it that can open what begins with one of `sealHeads`. */
export function createOutbox(
  runner: Runner,
  tables: Tables,
  node: { readonly database: Database; readonly sealHeads: readonly string[] },
): Outbox {
  const sql = statements(tables)
  const heads = node.sealHeads.join(',')

  return {
    async lease(limit, leaseMs) {
      for (;;) {
        const rows = await runner.rows(sql.lease, [limit, leaseMs, heads])
        const leased = rows.filter((row) => row['id'] !== null)
        // A batch in which every row was over says nothing of the next one.
        if (leased.length > 0 || rows[0]?.['closed'] === 0) return leased.map(toLeased)
      }
    },

    async settle({ id, attempts }, outcome) {
      const afterMs = outcome.state === 'retry' ? outcome.afterMs : 0
      const error = 'error' in outcome ? outcome.error : null
      return (await runner.row(sql.settle, [id, attempts, outcome.state, afterMs, error])) !== undefined
    },

    async nextDueMs() {
      const dueIn = (await runner.row(sql.nextDue, [heads]))?.['due_in'] as number | null
      return dueIn === null ? null : Math.max(0, dueIn)
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
