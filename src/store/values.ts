/**
 * How `pg` reads the values of our statements: in the same way whatever a host taught it for the whole process, and
 * the dates, of which a session has many, in a quarter of the time.
 */

type Reader = (text: string) => unknown

/** What `pg` asks for the type of each column. */
export interface ValueTypes {
  getTypeParser(type: number, format?: string): Reader
}

// The types of PostgreSQL that our statements give (pg_type.oid). All others stay text.
const bool = 16
const bytea = 17
const int2 = 21
const int4 = 23
const json = 114
const float8 = 701
const timestamptz = 1184
const jsonb = 3802

const zero = 48

// Two digits from this place on.
const two = (text: string, at: number): number =>
  (text.charCodeAt(at) - zero) * 10 + text.charCodeAt(at + 1) - zero

// What every part of the usual form lies between, so that no expression has to run over each text.
const hyphen = 45
const space = 32
const seconds = '2026-11-26 04:28:28'.length

// A year of four digits, in UTC: `2026-11-26 04:28:28.123456+00`. Infinity and years before Christ are shorter or end
// in another way.
function isUsual(text: string): boolean {
  return (
    text.length >= seconds + '+00'.length &&
    text.endsWith('+00') &&
    text.charCodeAt(4) === hyphen &&
    text.charCodeAt(10) === space
  )
}

function milliseconds(text: string): number {
  const digits = text.length - seconds - '.+00'.length
  if (digits <= 0) return 0
  const digit = (place: number): number => (place < digits ? text.charCodeAt(seconds + 1 + place) - zero : 0)
  return digit(0) * 100 + digit(1) * 10 + digit(2)
}

/** A timestamp as PostgreSQL writes it in the style `ISO`, in whatever time zone. */
export function readTimestamp(text: string): Date {
  if (!isUsual(text)) return new Date(text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00'))
  return new Date(
    Date.UTC(
      two(text, 0) * 100 + two(text, 2),
      two(text, 5) - 1,
      two(text, 8),
      two(text, 11),
      two(text, 14),
      two(text, 17),
      milliseconds(text),
    ),
  )
}

const asText: Reader = (text) => text

const readers: Readonly<Record<number, Reader>> = {
  [bool]: (text) => text === 't',
  [bytea]: (text) => Buffer.from(text.slice('\\x'.length), 'hex'),
  [int2]: Number,
  [int4]: Number,
  [float8]: Number,
  [json]: (text) => JSON.parse(text) as unknown,
  [jsonb]: (text) => JSON.parse(text) as unknown,
  [timestamptz]: readTimestamp,
}

/** The readers of all our statements. */
export const valueTypes: ValueTypes = { getTypeParser: (type) => readers[type] ?? asText }
