/**
 * Which routes the timing gate measures, made from the table of routes of every strategy that ships: whoever may ask
 * about an address without being signed in. And the hashes of other systems that imported users have.
 */

import { z } from 'zod'
import type { RouteDefinition } from '../../src/http/index.js'
import * as shipped from '../../src/strategies/index.js'
import type { Strategy } from '../../src/strategies/index.js'
import { otherPassword } from '../../src/testing/suite/case.js'
import { listRoutes } from '../harness/site.js'

/** A route that is asked about an address. */
export interface TimedRoute {
  readonly name: string
  readonly path: string
  readonly type: 'email' | 'phone'
  /** Whether it hashes a password, and so costs much more than the rest. */
  readonly hashes: boolean
  body(value: string): Readonly<Record<string, string>>
}

/** One of each strategy that `latchkey/strategies` exports. */
export function everyStrategy(): Strategy[] {
  return Object.values(shipped).map((make) => make())
}

// Every field of an input, whichever of its forms it belongs to.
function fieldsOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return []
  const { properties = {}, anyOf = [], oneOf = [], allOf = [] } = schema as Record<string, object[] | object>
  return [
    ...Object.keys(properties),
    ...[anyOf, oneOf, allOf].flatMap((all) => (all as object[]).flatMap(fieldsOf)),
  ]
}

function readRoute({ input, path, method, access }: RouteDefinition): TimedRoute[] {
  if (input === undefined || method !== 'POST' || access !== 'public') return []
  const fields = fieldsOf(z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }))
  const type = fields.includes('email') ? 'email' : fields.includes('phone') ? 'phone' : null
  if (type === null) return []
  const has = (name: string): boolean => fields.includes(name)
  return [
    {
      name: `POST ${path}`,
      path,
      type,
      hashes: has('password'),
      body: (value) => ({
        [type]: value,
        ...(has('code') && { code: '000000' }),
        ...(has('password') && { password: otherPassword }),
      }),
    },
  ]
}

/** What is measured, with these strategies. */
export async function timedRoutes(strategies = everyStrategy()): Promise<readonly TimedRoute[]> {
  return (await listRoutes({ strategies })).flatMap(readRoute)
}

/** A hash of each form that can be imported, at a cost that is usual where it comes from; no password opens them. */
export const importedHashes = {
  bcrypt: '$2b$10$abcdefghijklmnopqrstuu50eFBEC8vQwBnuFXMHE45jBnqvQ8xz.',
  scrypt: '$scrypt$ln=14,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$ebnHHTApWa0oNoXTYCCHxLXDaejcvcTRQhZaD1OJNCE',
  pbkdf2: 'pbkdf2_sha256$100000$seasalt$DrdiWD40lyBuydnjvZiDrdQMx1S1mOA9O0QYex0R6ww=',
  phpass: '$P$BIQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0',
  argon2: '$argon2id$v=19$m=65536,t=3,p=4$MDEyMzQ1Njc4OWFiY2RlZg$ebnHHTApWa0oNoXTYCCHxLXDaejcvcTRQhZaD1OJNCE',
} as const
