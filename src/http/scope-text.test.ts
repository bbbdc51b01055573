/** A scope as JSON. */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { scopeText } from './scope-text.js'

const date = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
const text = fc.option(fc.string({ unit: 'binary' }))

const user = fc.record({
  id: fc.uuid(),
  name: text,
  username: text,
  metadata: fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()) as fc.Arbitrary<
    Record<string, never>
  >,
  anonymous: fc.boolean(),
  disabledAt: fc.option(date),
  createdAt: date,
  updatedAt: date,
})

const session = fc.record({
  id: fc.uuid(),
  userId: fc.uuid(),
  authenticatedAt: date,
  seenAt: date,
  idleExpiresAt: date,
  expiresAt: date,
  methods: fc.array(fc.string({ unit: 'binary' })),
  ip: text,
  userAgent: text,
  createdAt: date,
})

describe('a scope', () => {
  it('is written letter for letter as JSON.stringify writes it', () => {
    fc.assert(
      fc.property(fc.record({ user, session }), (scope) => {
        expect(scopeText(scope)).toBe(JSON.stringify(scope))
      }),
    )
  })
})
