/**
 * Budgets of requests, shared by all nodes through the database. Knows no budget by name.
 *
 * Invariants: (1) the rows of all charges are locked, in one order, before any is judged, so that a burst takes no
 * more than the budget and two statements never wait for each other; (2) all charges are counted or none; (3) a row
 * ends no sooner than its pause, so that sweeping it gives nothing back; (4) whoever loses the race to make a row
 * runs again, and finds it; (5) a subject of any length and content fits.
 */

import { createHash } from 'node:crypto'
import { AuthError } from '../base/index.js'
import { knowsBrowser, knowsBrowserOfUser } from './known-browsers.js'
import type { Row } from './queryable.js'
import type { Runner } from './runner.js'
import type { Tables } from './statement.js'
import { milliseconds, now, prepare } from './statement.js'

/** One budget that a request is charged to. */
export interface Charge {
  /** The name of the budget. */
  readonly budget: string
  /** Whose budget: an address as it is compared, a network, a user's id. */
  readonly subject: string
  /** How many within `windowMs`, which begins at the first. */
  readonly limit: number
  readonly windowMs: number
  /** The least time between two; each further one doubles it up to `mostPauseMs` when that is given. */
  readonly pauseMs?: number
  readonly mostPauseMs?: number
  /** How many are followed by no pause. Default: 0. */
  readonly free?: number
}

/** Whether all charges fit. When one does not, none is counted. */
export interface Verdict {
  readonly allowed: boolean
  /** Until the refusing budget has room again; 0 when allowed. Of several, the one that takes longest. */
  readonly retryAfterMs: number
  /** The name of the budget that refused. */
  readonly refused: string | null
}

/** The budgets of one schema. */
export interface Limits {
  /**
   * Charges all or none, in one statement. Two charges of one budget and subject are one.
   * @throws AuthError `unavailable`
   */
  take(charges: readonly Charge[]): Promise<Verdict>
  /** Gives back what was taken for something that turned out right, and ends the pause that it began. */
  refund(charges: readonly Charge[]): Promise<void>
  /** Whether the browser of this name is known there; the answer is for limits alone. */
  knows(browser: string, subject: Known): Promise<boolean>
}

/** Whose known browser: of whoever proved an address, as it is compared, or of a user. */
export type Known =
  | { readonly type: string; readonly valueKey: string; readonly userId?: undefined }
  | { readonly userId: string }

const longestSubject = 200
// Beyond this many doublings a pause is longer than any window.
const mostDoublings = 40

/**
 * Locks the rows of the relation `asked` (budget, subject), which is sorted, one after the other. Gives `held`.
 *
 * Row by row, so that no plan made for a small table reads a large one from end to end.
 */
function lockAsked(t: Tables): string {
  return `held as materialized (
      select h.* from asked a cross join lateral (
        select * from ${t.attempts} where budget = a.budget and subject = a.subject for update
      ) h
    )`
}

function statements(t: Tables) {
  const running = `held.resets_at > ${now}`
  return {
    // A row for the budget that refused and takes longest; no row when all was counted. The insertion has no
    // `on conflict`: a row that another node just made must take back the whole statement.
    take: prepare(
      'limits_take',
      `with asked as (
        select distinct on (budget, subject) *
        from unnest($1::text[], $2::text[], $3::integer[], $4::float8[], $5::float8[], $6::float8[], $7::integer[])
          as charge (budget, subject, most, window_ms, pause_ms, most_pause_ms, free)
        order by budget, subject
      ),
      ${lockAsked(t)},
      judged as (
        select a.*, held.budget is not null as known,
          case when ${running} then held.count else 0 end as count,
          case when ${running} then held.resets_at else ${now} + ${milliseconds('a.window_ms')} end as resets_at,
          case when ${running} then held.held_until end as held_until
        from asked a left join held on held.budget = a.budget and held.subject = a.subject
      ),
      refusals as (
        select budget, case when count >= most then resets_at else held_until end as until
        from judged where count >= most or held_until > ${now}
      ),
      paused as (
        select *, case when pause_ms > 0 and count >= free
            then ${now} + ${milliseconds(`least(pause_ms * power(2, least(count - free, ${mostDoublings})), most_pause_ms)`)}
          end as pause_end
        from judged where not exists (select from refusals)
      ),
      made as (
        insert into ${t.attempts} (budget, subject, count, resets_at, held_until)
        select budget, subject, 1, greatest(resets_at, pause_end), pause_end
        from paused where not known order by budget, subject
      ),
      counted as (
        update ${t.attempts} h
        set count = p.count + 1, resets_at = greatest(p.resets_at, p.pause_end), held_until = p.pause_end
        from paused p where p.known and h.budget = p.budget and h.subject = p.subject
      )
      select budget, ceil(extract(epoch from until - ${now}) * 1000)::float8 as wait_ms
      from refusals order by until desc, budget limit 1`,
    ),

    refund: prepare(
      'limits_refund',
      `with asked as (
        select distinct budget, subject from unnest($1::text[], $2::text[]) as charge (budget, subject)
        order by budget, subject
      ),
      ${lockAsked(t)}
      update ${t.attempts} h set count = greatest(held.count - 1, 0), held_until = null
      from held where h.budget = held.budget and h.subject = held.subject and held.resets_at > ${now}`,
    ),

    knows: prepare(
      'limits_knows',
      `select from (select) one
      where ${knowsBrowser(t, { browser: '$1::bytea', type: '$2::text', valueKey: '$3::text' })}`,
    ),

    knowsUser: prepare(
      'limits_knows_user',
      `select from (select) one where ${knowsBrowserOfUser(t, { browser: '$1::bytea', user: '$2::uuid' })}`,
    ),
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}

// PostgreSQL stores no NUL, and its index no long value.
function toSubject(text: string): string {
  return text.length > longestSubject || text.includes('\0') ? `sha256:${digest(text)}` : text
}

function keysOf(charges: readonly Charge[]): unknown[] {
  return [charges.map(({ budget }) => budget), charges.map(({ subject }) => toSubject(subject))]
}

function valuesOf(charges: readonly Charge[]): unknown[] {
  return [
    ...keysOf(charges),
    charges.map(({ limit }) => limit),
    charges.map(({ windowMs }) => windowMs),
    charges.map(({ pauseMs = 0 }) => pauseMs),
    charges.map(({ pauseMs = 0, mostPauseMs = pauseMs }) => mostPauseMs),
    charges.map(({ free = 0 }) => free),
  ]
}

function toVerdict(row: Row | undefined): Verdict {
  if (row === undefined) return { allowed: true, retryAfterMs: 0, refused: null }
  return { allowed: false, retryAfterMs: row['wait_ms'] as number, refused: row['budget'] as string }
}

/** The budgets of one schema. */
export function createLimits(runner: Runner, tables: Tables): Limits {
  const sql = statements(tables)

  return {
    async take(charges) {
      if (charges.length === 0) return toVerdict(undefined)
      const values = valuesOf(charges)
      // Each loss leaves one row less to make; one try more for a row that was swept meanwhile.
      for (let tries = 0; tries < charges.length + 2; tries++) {
        const rows = await runner.rowsUnlessTaken(sql.take, values, ['attempts_pkey'])
        if (Array.isArray(rows)) return toVerdict(rows[0])
      }
      throw new AuthError('unavailable', { reason: 'budget_contended', retryAfterMs: 1000 })
    },

    async refund(charges) {
      if (charges.length > 0) await runner.rows(sql.refund, keysOf(charges))
    },

    async knows(browser, subject) {
      const hash = createHash('sha256').update(browser).digest()
      const row =
        subject.userId === undefined
          ? await runner.row(sql.knows, [hash, subject.type, subject.valueKey])
          : await runner.row(sql.knowsUser, [hash, subject.userId])
      return row !== undefined
    },
  }
}
