/**
 * How statements write values whose text depends on session settings, and how all values are read.
 *
 * Invariants: (1) DateStyle, TimeZone, IntervalStyle, bytea_output and extra_float_digits of a server, a
 * database, a role or a host's connection change no value: a statement returns a time as its binary form and
 * bytes as they are, both in hexadecimal digits, and a duration as whole milliseconds, each as text; (2) a column that
 * depends on these settings, or a text in another format, is a fault and never a wrong value; (3) type
 * parsers that a host has set on the driver change nothing either.
 */

type Reader = (text: string) => unknown

/** The interface that `pg` uses to get the parser of each column type. */
export interface ValueTypes {
  getTypeParser(type: number, format?: string): Reader
}

/**
 * A timestamp (an SQL expression) as text that `toDate` reads: its binary form (PostgreSQL 15 §55.5), the
 * microseconds since 2000, in hexadecimal digits. Every row of a session check has several, and both sides
 * need a third of the time that decimal numbers take.
 */
export function writeTime(timestamp: string): string {
  return `encode(timestamptz_send(${timestamp}), 'hex')`
}

/** Bytes (an SQL expression) as text that `toBytes` reads. */
export function writeBytes(bytes: string): string {
  return `encode(${bytes}, 'hex')`
}

function refuse(what: string): never {
  // Without the text, which may be a secret.
  throw new TypeError(`The database returned a text that is not ${what}.`)
}

const hexadecimal = /^(?:[0-9a-f]{2})*$/
const wholeNumber = /^-?\d{1,15}$/

const epochMs = Date.UTC(2000)
const timeDigits = 16

// The value of each hexadecimal digit by its character code; all others are negative.
const digitValues = new Int8Array(128).fill(-1)
for (let digit = 0; digit < 16; digit++) digitValues[digit.toString(16).charCodeAt(0)] = digit

// Eight hexadecimal digits as a signed number. Any other character makes `valid` negative.
function readHalf(text: string, from: number): number {
  let half = 0
  let valid = 0
  for (let place = from; place < from + timeDigits / 2; place++) {
    const digit = digitValues[text.charCodeAt(place)] ?? -1
    valid |= digit
    half = (half << 4) | digit
  }
  return valid < 0 ? refuse('a time') : half
}

/** The time that `writeTime` wrote, without its microseconds. @throws TypeError for anything else */
export function toDate(value: unknown): Date {
  if (typeof value !== 'string' || value.length !== timeDigits) return refuse('a time')
  const upper = readHalf(value, 0)
  const lower = readHalf(value, timeDigits / 2) >>> 0
  // 2³² microseconds are 4,294,967.296 milliseconds. In two parts, since the whole doesn't fit into a number.
  const milliseconds = upper * 4_294_967 + Math.floor((upper * 296 + lower) / 1000)
  const date = new Date(epochMs + milliseconds)
  return Number.isNaN(date.getTime()) ? refuse('a time') : date
}

/** A time or null. @throws TypeError as `toDate` does */
export function toDateOrNull(value: unknown): Date | null {
  return value === null ? null : toDate(value)
}

/** The bytes that `writeBytes` wrote. @throws TypeError for anything else */
export function toBytes(value: unknown): Uint8Array {
  return typeof value === 'string' && hexadecimal.test(value) ? Buffer.from(value, 'hex') : refuse('bytes')
}

/** A whole number that was written as text. @throws TypeError for anything else */
export function toInteger(value: unknown): number {
  return typeof value === 'string' && wholeNumber.test(value) ? Number(value) : refuse('a whole number')
}

// The PostgreSQL types (pg_type.oid) whose values our statements return unchanged. All others except those
// below stay text.
const bool = 16
const int2 = 21
const int4 = 23
const json = 114
const jsonb = 3802

// bytea, float4, float8, money, date, time, timestamp, timestamptz, interval, timetz, xml and the arrays of
// the first, of floats and of times: their text depends on the session.
const dependent = new Set([17, 700, 701, 790, 1082, 1083, 1114, 1184, 1186, 1266, 142])
const dependentArrays = new Set([1001, 1021, 1022, 1182, 1183, 1115, 1185, 1187, 1270])

const asText: Reader = (text) => text

const truths: Readonly<Record<string, boolean>> = { t: true, f: false }

const readers: Readonly<Record<number, Reader>> = {
  [bool]: (text) => truths[text] ?? refuse('true or false'),
  [int2]: toInteger,
  [int4]: toInteger,
  [json]: (text) => JSON.parse(text) as unknown,
  [jsonb]: (text) => JSON.parse(text) as unknown,
}

function refuseType(type: number): never {
  throw new TypeError(`A statement returns a column of the type ${type}, whose text depends on the session.`)
}

/** The parsers for all our statements. */
export const valueTypes: ValueTypes = {
  getTypeParser(type) {
    if (dependent.has(type) || dependentArrays.has(type)) return () => refuseType(type)
    return readers[type] ?? asText
  },
}
