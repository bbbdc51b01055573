/**
 * Limits of requests, shared by all nodes through the database. Knows one of them by name: wrong passwords in a row.
 *
 * Invariants: (1) the rows of all charges are locked, in one order, before any is judged, so that a burst takes no
 * more than the limit and two statements never wait for each other; (2) all charges are counted or none; (3) a row
 * ends no sooner than its pause, so that sweeping it gives nothing back; (4) whoever loses the race to make a row
 * runs again, and finds it; (5) a subject of any length and content fits; (6) what pays a toll is spent by the
 * statement that charges, and only where the toll was owed.
 */

import { createHash } from 'node:crypto'
import { AuthError } from '../base/index.js'
import type { Limit, LimitOptions, LimitStore, LimitVerdict } from '../core/index.js'
import { prepareLimits } from './limit-statements.js'
import type { Row } from './queryable.js'
import type { Runner } from './runner.js'
import type { Prepared, Tables } from './statement.js'
import { toInteger } from './values.js'

const longestSubject = 200
const epoch = new Date(0)

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}

// PostgreSQL stores no NUL, and its index no long value.
function toSubject(text: string): string {
  return text.length > longestSubject || text.includes('\0') ? `sha256:${digest(text)}` : text
}

function keysOf(limits: readonly Limit[]): unknown[] {
  return [limits.map(({ name }) => name), limits.map(({ subject }) => toSubject(subject))]
}

function valuesOf(limits: readonly Limit[], { id: charge = null, payment = null }: LimitOptions): unknown[] {
  const { id = null, from = epoch, until = epoch, work = 0 } = payment ?? {}
  return [
    ...keysOf(limits),
    limits.map(({ max }) => max),
    limits.map(({ windowMs }) => windowMs),
    limits.map(({ beyond = 'refuse' }) => beyond),
    ...[id, from, until, work, charge],
  ]
}

// The hash under which a session's statement keeps the browser.
function hashOf(browser: string | null): Uint8Array | null {
  return browser === null ? null : createHash('sha256').update(browser).digest()
}

function listOf(value: unknown): string[] {
  return typeof value === 'string' && value !== '' ? value.split(',') : []
}

function toVerdict(row: Row): LimitVerdict {
  const times = row['owed_times'] as number | null
  return {
    allowed: row['allowed'] as boolean,
    retryAfterMs: row['wait_ms'] === null ? 0 : toInteger(row['wait_ms']),
    refused: row['refused'] as string | null,
    owed: times === null ? null : { limits: listOf(row['owed']), times },
    exceeded: listOf(row['exceeded']),
    last: listOf(row['last']),
    judgedAt: new Date(toInteger(row['judged_ms'])),
  }
}

/** The limits of one schema. */
export function createLimitStore(runner: Runner, tables: Tables): LimitStore {
  const sql = prepareLimits(tables)

  async function charge(prepared: Prepared, values: readonly unknown[], count: number): Promise<Row> {
    // Each loss leaves one row less to make; one try more for a row that was swept meanwhile.
    for (let tries = 0; tries < count + 2; tries++) {
      const rows = await runner.rowsUnlessTaken(prepared, values, ['attempts_pkey'])
      if (Array.isArray(rows)) return rows[0] as Row
    }
    throw new AuthError('unavailable', { reason: 'limit_contended', retryAfterMs: 1000 })
  }

  return {
    async take(limits, how = {}) {
      return toVerdict(await charge(sql.take, valuesOf(limits, how), limits.length))
    },

    async admit(limits, { browser, address, id = null }) {
      const asked = [hashOf(browser), address?.type ?? null, address?.valueKey ?? null]
      const values = [...valuesOf(limits, { id }), ...asked]
      const row = await charge(sql.admit, values, limits.length)
      return { ...toVerdict(row), known: row['known'] as boolean, userId: row['user_id'] as string | null }
    },

    async refund(limits) {
      if (limits.length > 0) await runner.rows(sql.refund, keysOf(limits))
    },

    async undo(limits, id) {
      if (limits.length > 0) await runner.rows(sql.undo, [...keysOf(limits), id])
    },

    async miss({ limits, browser, userId }) {
      await runner.rows(sql.miss, [
        ...keysOf(limits),
        limits.map(({ pauseMs = 0 }) => pauseMs),
        limits.map(({ pauseMs = 0, maxPauseMs = pauseMs }) => maxPauseMs),
        limits.map(({ free = 0 }) => free),
        hashOf(browser),
        userId,
      ])
    },

    async knows(browser, { type, valueKey }) {
      return (await runner.row(sql.knows, [hashOf(browser), type, valueKey])) !== undefined
    },

    async reached(max) {
      return (await runner.row(sql.reached, [max])) !== undefined
    },

    async closed(userId) {
      await runner.rows(sql.closed, [userId])
    },
  }
}
