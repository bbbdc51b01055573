/**
 * Limits of requests, shared by all nodes through the database. The only limit known by name here is that of
 * wrong passwords in a row.
 *
 * Invariants: (1) the rows of all limits are locked, in one order, before any is checked, so that a burst
 * can't exceed the limit and two statements never deadlock; (2) an attempt counts against all limits or none;
 * (3) a row outlives its pause, so sweeping it never shortens one; (4) the loser of a race to insert a row
 * runs again, and finds it; (5) a subject may have any length and content; (6) what pays a toll is used up by
 * the statement that counts, and only if the toll was due.
 */

import { createHash } from 'node:crypto'
import { AuthError } from '../base/index.js'
import type { LimitName } from '../base/index.js'
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

// PostgreSQL can't store NUL characters, nor long values in an index.
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

// The hash under which the statement that creates a session stores the browser.
function hashOf(browser: string | null): Uint8Array | null {
  return browser === null ? null : createHash('sha256').update(browser).digest()
}

// Only names of limits are passed to the statements.
function listOf(value: unknown): LimitName[] {
  return typeof value === 'string' && value !== '' ? (value.split(',') as LimitName[]) : []
}

function toVerdict(row: Row): LimitVerdict {
  const times = row['owed_times'] as number | null
  return {
    allowed: row['allowed'] as boolean,
    retryAfterMs: row['wait_ms'] === null ? 0 : toInteger(row['wait_ms']),
    refused: row['refused'] as LimitName | null,
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
    // Each lost race leaves one row fewer to insert; one more attempt for a row that was swept meanwhile.
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
