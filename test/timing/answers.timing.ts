/**
 * Enumeration by time: for each route that is asked about an address, the time of a known and of an unknown one, in
 * pairs of random order. Each run has an identical control and a planted leak: the control must pass and the plant be
 * caught, or the run is void.
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { emailOtp, magicLink, password, smsOtp, whatsapp } from '../../src/strategies/index.js'
import type { Kit } from '../../src/testing/suite/case.js'
import { createKit, goodPassword, otherPassword } from '../../src/testing/suite/case.js'
import { postgres } from '../harness/engines.js'
import type { Browser } from '../harness/http-client.js'
import { openBrowser } from '../harness/http-client.js'
import type { Interval } from './statistics.js'
import { createRandom, intervalOf, medianOf } from './statistics.js'

const seed = Number(process.env['LATCHKEY_TIMING_SEED'] ?? 20_260_201)
const random = createRandom(seed)
/** What the difference may be, in milliseconds. One address is told its 202 five times an hour, or ten times in 15 minutes. */
const bandMs = 1
const plantMs = 2 * bandMs
const warmUp = 25
/** How many times the pairs of a route are measured at most. */
const mostParts = 4

interface TimedRoute {
  readonly name: string
  readonly type: 'email' | 'phone'
  readonly pairs: number
  ask(browser: Browser, value: string): Promise<{ readonly status: number }>
}

const request =
  (path: string, field = 'email') =>
  (browser: Browser, value: string) =>
    browser.post(path, { [field]: value })

// Those that hash a password cost much more than the rest.
const routes: readonly TimedRoute[] = [
  {
    name: 'POST /password/request',
    type: 'email',
    pairs: 200,
    ask: (browser, email) => browser.post('/password/request', { email, password: otherPassword }),
  },
  {
    name: 'POST /sign-up',
    type: 'email',
    pairs: 200,
    ask: (browser, email) => browser.post('/sign-up', { email, password: otherPassword }),
  },
  { name: 'POST /recovery/request', type: 'email', pairs: 400, ask: request('/recovery/request') },
  { name: 'POST /verification/request', type: 'email', pairs: 400, ask: request('/verification/request') },
  { name: 'POST /magic-link/request', type: 'email', pairs: 400, ask: request('/magic-link/request') },
  { name: 'POST /email-otp/request', type: 'email', pairs: 400, ask: request('/email-otp/request') },
  { name: 'POST /sms-otp/request', type: 'phone', pairs: 400, ask: request('/sms-otp/request', 'phone') },
  { name: 'POST /whatsapp/request', type: 'phone', pairs: 400, ask: request('/whatsapp/request', 'phone') },
]

let kit: Kit
let passwordHash: string
let numbers = 0

beforeAll(async () => {
  const most = { limit: 1_000_000 }
  const opened = await postgres.open({
    strategies: [password(), magicLink(), emailOtp(), smsOtp(), whatsapp()],
    limits: {
      passwordNetwork: most,
      passwordGlobal: most,
      messageNetwork: most,
      messageGlobal: most,
      messageCountry: most,
      signUpNetwork: most,
      signUpGlobal: most,
    },
  })
  kit = createKit(opened, 'timing')
  const { user } = await kit.accounts.importUser({ email: 'first@example.com', verified: true })
  await kit.accounts.setPassword(user, goodPassword)
  const { rows } = await kit.auth.query('select hash from latchkey.passwords where user_id = $1', [user.id])
  passwordHash = rows[0]?.['hash'] as string
})
afterAll(() => kit.auth.close())

/** An address that nobody has; all of them have the same length. */
function newAddress(type: TimedRoute['type']): string {
  const number = String(++numbers)
  return type === 'email' ? `p${number.padStart(8, '0')}@example.com` : `+3519${number.padStart(8, '1')}`
}

async function newPerson(type: TimedRoute['type']): Promise<string> {
  const value = newAddress(type)
  const person = type === 'email' ? { email: value, passwordHash } : { phone: value }
  await kit.accounts.importUser({ ...person, verified: true })
  return value
}

async function timeOf({ ask }: TimedRoute, value: string, plantedMs: number): Promise<number> {
  const browser = openBrowser(kit.auth)
  const start = performance.now()
  if (plantedMs > 0) await kit.auth.query('select pg_sleep($1)', [plantedMs / 1000])
  const { status } = await ask(browser, value)
  const time = performance.now() - start
  expect([202, 401]).toContain(status)
  return time
}

interface Side {
  readonly make: (type: TimedRoute['type']) => Promise<string>
  readonly plantedMs: number
}

const unknown: Side = { make: (type) => Promise.resolve(newAddress(type)), plantedMs: 0 }
const series = {
  known: { one: { make: newPerson, plantedMs: 0 }, other: unknown },
  control: { one: unknown, other: unknown },
  planted: { one: { ...unknown, plantedMs: plantMs }, other: unknown },
} as const satisfies Record<string, { one: Side; other: Side }>

type SeriesName = keyof typeof series

/** The time of one side minus that of the other, measured in random order. */
async function measurePair(
  route: TimedRoute,
  name: SeriesName,
): Promise<{ difference: number; other: number }> {
  const { one, other } = series[name]
  const [first, second] = random() < 0.5 ? [one, other] : [other, one]
  const values = [await first.make(route.type), await second.make(route.type)] as const
  const times = [
    await timeOf(route, values[0], first.plantedMs),
    await timeOf(route, values[1], second.plantedMs),
  ] as const
  const [ofOne, ofOther] = first === one ? times : [times[1], times[0]]
  return { difference: ofOne - ofOther, other: ofOther }
}

const isInside = ({ low, high }: Interval): boolean => low > -bandMs && high < bandMs

// A busy machine needs more pairs. When there are enough is told by the control and by how narrow the interval is, never
// by where it lies.
function areEnough(differences: Record<SeriesName, number[]>): boolean {
  const { low, high } = intervalOf(differences.known, random)
  return high - low < bandMs && isInside(intervalOf(differences.control, random))
}

async function measure(route: TimedRoute) {
  const differences: Record<SeriesName, number[]> = { known: [], control: [], planted: [] }
  const costs: number[] = []
  for (let round = -warmUp; round < mostParts * route.pairs; round++) {
    if (round > 0 && round % route.pairs === 0 && areEnough(differences)) break
    const names = (Object.keys(series) as SeriesName[]).sort(() => random() - 0.5)
    for (const name of names) {
      const { difference, other } = await measurePair(route, name)
      if (round < 0) continue
      differences[name].push(difference)
      costs.push(other)
    }
  }
  return {
    pairs: differences.known.length,
    cost: medianOf(costs),
    known: intervalOf(differences.known, random),
    control: intervalOf(differences.control, random),
    planted: intervalOf(differences.planted, random),
  }
}

const tell = ({ median, low, high }: Interval): string =>
  `${median.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`

describe(`the time of an answer, seed ${seed}`, () => {
  it.each(routes)('of $name is that of nobody', async (route) => {
    const { pairs, cost, known, control, planted } = await measure(route)
    process.stdout.write(
      `| \`${route.name}\` | ${pairs} | ${cost.toFixed(1)} | ${tell(known)} | ${tell(control)} | ${tell(planted)} |\n`,
    )
    expect(isInside(control), 'void: the identical control differs').toBe(true)
    expect(isInside(planted), 'void: the planted leak was not caught').toBe(false)
    expect(isInside(known), `known and unknown differ by ${tell(known)} ms`).toBe(true)
  })
})
