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
import { prepareLimits } from './limit-statements.js'
import type { Row } from './queryable.js'
import type { Runner } from './runner.js'
import type { Prepared, Tables } from './statement.js'

/** One limit that a request is charged to. */
export interface Charge {
  /** The name of the limit. */
  readonly budget: string
  /** Whose: an address as it is compared, a network, a user's id. */
  readonly subject: string
  /** How many within `windowMs`, which begins at the first. */
  readonly limit: number
  readonly windowMs: number
  /** What happens beyond it: a refusal, a toll, or nothing but that the verdict says so. Default: `refuse`. */
  readonly beyond?: 'refuse' | 'toll' | 'tell'
  /** The wait after a miss; each further one doubles it up to `mostPauseMs` when that is given. */
  readonly pauseMs?: number
  readonly mostPauseMs?: number
  /** How many misses are followed by no pause. Default: 0. */
  readonly free?: number
}

/** What pays a toll, once. */
export interface Payment {
  readonly id: Uint8Array
  /** It is good from then on, and until then, by the database's clock. */
  readonly from: Date
  readonly until: Date
  /** For how many units of work it stands. */
  readonly work: number
}

/** Whether all charges fit. When one does not, none is counted. */
export interface Verdict {
  readonly allowed: boolean
  /** Until the refusing limit has room again; 0 when none refused. Of several, the one that takes longest. */
  readonly retryAfterMs: number
  /** The name of the limit that refused. */
  readonly refused: string | null
  /** Which tolls are due, paid or not, and how many times the limit their subjects have taken. */
  readonly owed: { readonly limits: readonly string[]; readonly times: number } | null
  /** Limits of the kind `tell`: those that were exceeded already, and those of which this was the last. */
  readonly exceeded: readonly string[]
  readonly last: readonly string[]
  /** The database's time. */
  readonly judgedAt: Date
}

/** How something is charged. */
export interface How {
  /** A UUID that names the charge, to undo it by. */
  readonly id?: string | null
  /** What pays a toll, if one is due. */
  readonly payment?: Payment | null
}

/** Who asks: from a browser of this name, and about an address as it is compared, where there is one. */
export interface Asked {
  readonly browser: string | null
  readonly address: { readonly type: string; readonly valueKey: string } | null
  /** Names the charge, as in `How`. */
  readonly id?: string | null
}

/** What is known of who asks; for limits alone. */
export interface Known {
  /** Whether the browser is known to whoever proved the address; without an address, to anybody. */
  readonly known: boolean
  /** Who proved the address. */
  readonly userId: string | null
}

/** A wrong secret. */
export interface Miss {
  /** Those of its charges that a pause follows. */
  readonly charges: readonly Charge[]
  readonly browser: string | null
  /** Whose secret was guessed; null where that is nobody, or where the browser is unknown. */
  readonly userId: string | null
}

/** The limits of one schema. */
export interface Limits {
  /**
   * Charges all or none, in one statement. Two charges of one limit and subject are one.
   * @throws AuthError `unavailable`
   */
  take(charges: readonly Charge[], how?: How): Promise<Verdict>
  /** Charges networks, and looks who asks; the same statement for every address. */
  admit(charges: readonly Charge[], asked: Asked): Promise<Verdict & Known>
  /** Gives back what was taken for something that turned out right, and ends the pause that it began. */
  refund(charges: readonly Charge[]): Promise<void>
  /** Gives back a charge of which it is unknown whether it was counted, unless something was charged since. */
  undo(charges: readonly Charge[], id: string): Promise<void>
  /** Begins the pauses that follow a wrong secret, and counts it against the browser. */
  miss(miss: Miss): Promise<void>
  /** Whether the browser of this name is known to whoever proved this address. */
  knows(browser: string, address: { readonly type: string; readonly valueKey: string }): Promise<boolean>
  /** Writes that a limit was reached, once a minute for each; whether this was that time. */
  reached(limit: string): Promise<boolean>
  /** Writes that a password opens nothing any more from unknown browsers, and queues a notice to its owner. */
  closed(userId: string): Promise<void>
}

const longestSubject = 200
const epoch = new Date(0)

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

function valuesOf(charges: readonly Charge[], { id: charge = null, payment = null }: How): unknown[] {
  const { id = null, from = epoch, until = epoch, work = 0 } = payment ?? {}
  return [
    ...keysOf(charges),
    charges.map(({ limit }) => limit),
    charges.map(({ windowMs }) => windowMs),
    charges.map(({ beyond = 'refuse' }) => beyond),
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

function toVerdict(row: Row): Verdict {
  const times = row['owed_times'] as number | null
  return {
    allowed: row['allowed'] as boolean,
    retryAfterMs: (row['wait_ms'] as number | null) ?? 0,
    refused: row['refused'] as string | null,
    owed: times === null ? null : { limits: listOf(row['owed']), times },
    exceeded: listOf(row['exceeded']),
    last: listOf(row['last']),
    judgedAt: new Date(row['judged_ms'] as number),
  }
}

/** The limits of one schema. */
export function createLimits(runner: Runner, tables: Tables): Limits {
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
    async take(charges, how = {}) {
      return toVerdict(await charge(sql.take, valuesOf(charges, how), charges.length))
    },

    async admit(charges, { browser, address, id = null }) {
      const asked = [hashOf(browser), address?.type ?? null, address?.valueKey ?? null]
      const values = [...valuesOf(charges, { id }), ...asked]
      const row = await charge(sql.admit, values, charges.length)
      return { ...toVerdict(row), known: row['known'] as boolean, userId: row['user_id'] as string | null }
    },

    async refund(charges) {
      if (charges.length > 0) await runner.rows(sql.refund, keysOf(charges))
    },

    async undo(charges, id) {
      if (charges.length > 0) await runner.rows(sql.undo, [...keysOf(charges), id])
    },

    async miss({ charges, browser, userId }) {
      await runner.rows(sql.miss, [
        ...keysOf(charges),
        charges.map(({ pauseMs = 0 }) => pauseMs),
        charges.map(({ pauseMs = 0, mostPauseMs = pauseMs }) => mostPauseMs),
        charges.map(({ free = 0 }) => free),
        hashOf(browser),
        userId,
      ])
    },

    async knows(browser, { type, valueKey }) {
      return (await runner.row(sql.knows, [hashOf(browser), type, valueKey])) !== undefined
    },

    async reached(limit) {
      return (await runner.row(sql.reached, [limit])) !== undefined
    },

    async closed(userId) {
      await runner.rows(sql.closed, [userId])
    },
  }
}
