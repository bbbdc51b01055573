/** Descriptions of records: everything that lists the fields of a record follows from them. */

import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { compileFunction } from 'node:vm'
import { transform } from 'esbuild'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import type { Fields } from '../../src/base/index.js'
import { sessionFields, userFields } from '../../src/base/index.js'
import { shapeOf } from '../../src/contract/records.js'
import * as jsonText from '../../src/http/json-text.js'
import { createRecordForm } from '../../src/redis/record-fields.js'
import * as copying from '../../src/session-cache/copies.js'
import * as cells from '../../src/store/cells.js'
import { columnsOf } from '../../src/store/rows.js'
import * as values from '../../src/store/values.js'

type Source = (records: Readonly<Record<string, Fields>>) => string
type Functions = Readonly<Record<string, (value: unknown) => unknown>>

const sources = (await import(new URL('../../scripts/record-sources.mjs', import.meta.url).href)) as {
  readonly readers: Source
  readonly writers: Source
  readonly copies: Source
}
const modules: Readonly<Record<string, unknown>> = {
  './cells.js': cells,
  './values.js': values,
  './json-text.js': jsonText,
  './copies.js': copying,
}

// The functions of a source that `generate-records.mjs` would write.
async function run(source: string): Promise<Functions> {
  const { code } = await transform(source, { loader: 'ts', format: 'cjs' })
  const module = { exports: {} as Functions }
  const evaluate = compileFunction(code, ['require', 'module']) as (
    find: (name: string) => unknown,
    to: typeof module,
  ) => void
  evaluate((name) => modules[name], module)
  return module.exports
}

const id = '2f1e7c1c-9b0c-4b1a-8f6d-3f0f6d2a1b11'
const session = {
  id,
  userId: id,
  authenticatedAt: new Date(1),
  seenAt: new Date(2),
  idleExpiresAt: new Date(3),
  expiresAt: new Date(4),
  methods: ['password', 'totp'],
  ip: '::1',
  userAgent: null,
  createdAt: new Date(5),
  boundAt: new Date(6),
  approvedBy: null,
  factors: ['knowledge'],
}
const described = {
  ...sessionFields,
  boundAt: { kind: 'time', redis: 'bound' },
  approvedBy: { kind: 'text', nullable: true, redis: 'approver' },
  factors: { kind: 'words', redis: 'factors' },
} as const satisfies Fields

describe('a field that a description gains', () => {
  it('is a column of the statements, written like all of its kind', () => {
    expect(columnsOf('session', described)('s')).toBe(
      `${columnsOf('session', sessionFields)('s')}, ${values.writeTime('s.bound_at')} as session_bound_at, ` +
        `s.approved_by as session_approved_by, array_to_string(s.factors, ',') as session_factors`,
    )
  })

  it('is read from a row', async () => {
    const { toRecord } = await run(
      sources.readers({ record: { factors: described.factors, approvedBy: described.approvedBy } }),
    )
    expect(toRecord?.({ record_factors: 'a,b', record_approved_by: 'ada' })).toEqual({
      factors: ['a', 'b'],
      approvedBy: 'ada',
    })
    expect(sources.readers({ session: described })).toContain(`boundAt: toDate(row['session_bound_at'])`)
  })

  it('is in the JSON, letter for letter as JSON.stringify writes it', async () => {
    const { sessionJson } = await run(sources.writers({ session: described }))
    expect(sessionJson?.(session)).toBe(JSON.stringify(session))
  })

  it('is copied by the session cache, and shares nothing', async () => {
    const { copySession } = await run(sources.copies({ session: described }))
    const copy = copySession?.(session) as typeof session
    expect(copy).toEqual(session)
    expect(copy.boundAt).not.toBe(session.boundAt)
    expect(copy.factors).not.toBe(session.factors)
  })

  it('is in the schema of the HTTP API', () => {
    const sent = JSON.parse(JSON.stringify(session)) as Record<string, unknown>
    const schema = z.object(shapeOf(described))
    expect(schema.parse(sent)).toEqual(sent)
    expect(schema.safeParse({ ...sent, boundAt: null }).success).toBe(false)
  })

  it('is kept and found again on Redis, after the fields that scripts count', () => {
    const form = createRecordForm(described)
    expect(form.names.slice(0, 7)).toEqual([
      'user',
      'since',
      'authenticated',
      'created',
      'seen',
      'idle',
      'ends',
    ])
    const given = form.write(session)
    expect(given).not.toContain('approver')
    const stored = new Map([
      ['created', '5'],
      ['seen', '2'],
      ['idle', '3'],
      ['ends', '4'],
    ])
    for (let index = 0; index < given.length; index += 2)
      stored.set(given[index] ?? '', given[index + 1] ?? '')
    const reply = form.names.map((name) => stored.get(name) ?? null)
    expect(form.read(id, reply)).toEqual(session)
  })
})

describe('a kind of value', () => {
  it.each(['flag', 'json'] as const)('that no session has today survives Redis: %s', (kind) => {
    const form = createRecordForm({ own: { kind, redis: 'own' } })
    const [name, text] = form.write({ own: kind === 'flag' ? true : { a: [1] } })
    const reply = form.names.map((each) => (each === name ? (text ?? null) : null))
    expect(form.read(id, reply)).toEqual({ id, own: kind === 'flag' ? true : { a: [1] } })
  })

  it('that can be null is null in the JSON and in a copy', async () => {
    const nullable: Fields = {
      id: userFields.id,
      name: userFields.name,
      metadata: { kind: 'json', nullable: true },
      anonymous: { kind: 'flag', nullable: true },
      createdAt: { kind: 'time', nullable: true },
      groups: { kind: 'words', nullable: true },
    }
    const user = Object.fromEntries(Object.keys(nullable).map((name) => [name, name === 'id' ? id : null]))
    const { userJson } = await run(sources.writers({ user: nullable }))
    const { copyUser } = await run(sources.copies({ user: nullable }))
    expect(userJson?.(user)).toBe(JSON.stringify(user))
    expect(copyUser?.(user)).toEqual(user)
  })
})

it('the readers, writers and copies in the sources are those of the descriptions', () => {
  const script = fileURLToPath(new URL('../../scripts/generate-records.mjs', import.meta.url))
  execFileSync(process.execPath, [script, '--check'])
})
