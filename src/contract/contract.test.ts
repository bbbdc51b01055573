/**
 * The HTTP contract: which input it accepts, which errors it returns, and that the core's records match it.
 */

import { describe, expect, expectTypeOf, it } from 'vitest'
import type { FieldRule } from '../base/index.js'
import type { ZodType } from 'zod'
import type * as core from '../core/index.js'
import * as contract from './index.js'

/** The JSON form of a record: dates become strings. */
type Wire<T> = T extends Date
  ? string
  : T extends core.JsonObject
    ? T
    : T extends readonly (infer Item)[]
      ? Wire<Item>[]
      : T extends object
        ? { -readonly [Key in keyof T]: Wire<T[Key]> }
        : T

const now = new Date(0)
const id = '2f1e7c1c-9b0c-4b1a-8f6d-3f0f6d2a1b11'
const user: core.User = {
  id,
  name: null,
  username: 'ada',
  metadata: { plan: { seats: [1, null] } },
  anonymous: false,
  disabledAt: null,
  createdAt: now,
  updatedAt: now,
}
const session: core.Session = {
  id,
  userId: id,
  authenticatedAt: now,
  seenAt: now,
  idleExpiresAt: now,
  expiresAt: now,
  methods: ['password'],
  ip: '::1',
  userAgent: null,
  createdAt: now,
}
const sent = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
const faultsOf = (schema: ZodType, input: unknown) =>
  contract.toFieldFaults(schema.safeParse(input).error?.issues ?? [])

describe('a record of the core', () => {
  it('has on the wire the fields that the contract says, and no other', () => {
    expectTypeOf<contract.User>().toEqualTypeOf<Wire<core.User>>()
    expectTypeOf<contract.Session>().toEqualTypeOf<Wire<core.Session>>()
    expectTypeOf<contract.Identity>().toEqualTypeOf<Wire<core.Identity>>()
    expectTypeOf<NonNullable<contract.Problem['fields']>[number]['rule']>().toEqualTypeOf<FieldRule>()
  })

  it('is what a change of a profile can be handed to', () => {
    expectTypeOf<contract.ProfileInput>().toExtend<core.ProfileChange>()
  })

  it('passes as JSON, whole', () => {
    const scope = { user, session }
    expect(contract.scopeSchema.parse(sent(scope))).toEqual(sent(scope))
    const listed = { sessions: [{ ...session, current: true }] }
    expect(contract.sessionsSchema.parse(sent(listed))).toEqual(sent(listed))
  })
})

describe('an input', () => {
  it.each(['email', 'password'])('says that %s is missing, empty, of another type or too long', (field) => {
    const whole = { email: 'a', password: 'b' }
    const limit = contract.textLimits[field as 'email' | 'password']
    const broken = (value: unknown) => faultsOf(contract.signUpInput, { ...whole, [field]: value })
    for (const value of [undefined, null, '']) expect(broken(value)).toEqual([{ field, rule: 'required' }])
    for (const value of [0, true, [], {}, ['a'], Number.NaN])
      expect(broken(value)).toEqual([{ field, rule: 'format' }])
    expect(broken('x'.repeat(limit + 1))).toEqual([{ field, rule: 'max', limit }])
    expect(broken('x'.repeat(limit))).toEqual([])
  })

  it.each([[[]], ['text'], [null], [5]])('that is no object is a fault of the body: %j', (value) => {
    expect(faultsOf(contract.signUpInput, value)).toEqual([{ field: 'body', rule: 'format' }])
  })

  it('keeps only the keys that it knows', () => {
    const body = JSON.parse('{"email":"a","id":"x","verifiedAt":"x","__proto__":{"admin":true}}') as unknown
    const read = contract.emailRequestInput.parse(body)
    expect(read).toEqual({ email: 'a' })
    expect('admin' in read).toBe(false)
  })

  it('names each faulty field once', () => {
    expect(faultsOf(contract.passwordRequestInput, {})).toEqual([
      { field: 'email', rule: 'required' },
      { field: 'password', rule: 'required' },
    ])
  })

  it('never repeats a key that a client made up', () => {
    const issues = contract.profileInput.safeParse({ metadata: [], made: 'up' }).error?.issues ?? []
    expect(contract.toFieldFaults(issues)).toEqual([{ field: 'metadata', rule: 'format' }])
  })
})

describe('what proves an address', () => {
  const faults = (input: unknown) => faultsOf(contract.verificationCallbackInput, input)

  it.each([{ token: 't' }, { token: 't', password: 'p' }, { email: 'a', code: '1' }, { password: 'p' }, {}])(
    'is a token, a code with its address, or the parked link: %j',
    (input) => {
      expect(contract.verificationCallbackInput.parse(input)).toEqual(input)
    },
  )

  it.each([
    [{ email: 'a' }, [{ field: 'code', rule: 'required' }]],
    [{ code: '1' }, [{ field: 'email', rule: 'required' }]],
    [{ token: 5 }, [{ field: 'token', rule: 'format' }]],
    [{ token: '' }, [{ field: 'token', rule: 'required' }]],
    [{ email: 'a', code: 5 }, [{ field: 'code', rule: 'format' }]],
    [
      { email: 5 },
      [
        { field: 'email', rule: 'format' },
        { field: 'code', rule: 'required' },
      ],
    ],
    [{ password: 5 }, [{ field: 'password', rule: 'format' }]],
    [[], [{ field: 'body', rule: 'format' }]],
  ])('is judged by the shape that it comes closest to: %j', (input, expected) => {
    expect(faults(input)).toEqual(expected)
  })
})

describe('a change of a profile', () => {
  it('tells an absent key from one that is cleared', () => {
    expect(contract.profileInput.parse({ name: null })).toEqual({ name: null })
    expect(contract.profileInput.parse({ metadata: { a: null } })).toEqual({ metadata: { a: null } })
    expect(contract.profileInput.parse({})).toEqual({})
  })

  it('takes metadata of any depth without following it', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`) as Record<string, unknown>
    expect(contract.profileInput.parse({ metadata: deep }).metadata?.['a']).toBe(deep['a'])
  })
})

it('gives every named shape a name of its own', () => {
  const shapes = Object.values(contract.namedSchemas)
  expect(new Set(shapes).size).toBe(shapes.length)
})
