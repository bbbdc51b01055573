/**
 * Enumeration by time: for each route that is asked about an address, the time of a known and of an unknown one, in
 * pairs of random order. Each run has an identical control and a planted leak: the control must pass and the plant be
 * caught, or the run is void.
 */

import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { Kit } from '../../src/testing/suite/case.js'
import { createKit, goodPassword } from '../../src/testing/suite/case.js'
import { postgres } from '../harness/engines.js'
import { openBrowser } from '../harness/http-client.js'
import type { TimedRoute } from './routes.js'
import { everyStrategy, importedHashes, timedRoutes } from './routes.js'
import type { Interval } from './statistics.js'
import { createRandom, intervalOf, medianOf } from './statistics.js'

const seed = Number(process.env['LATCHKEY_TIMING_SEED'] ?? 20_260_201)
const random = createRandom(seed)
/** What the difference may be, in milliseconds. One address is told its 202 five times an hour, or ten times in 15 minutes. */
const bandMs = 1
const plantMs = 2 * bandMs
const warmUp = 25
/** How many times the pairs of a route are measured at most. */
const maxParts = 4

// Those that hash a password cost much more than the rest.
const pairsOf = ({ hashes }: TimedRoute): number => (hashes ? 200 : 400)
const routes = await timedRoutes()
const everybody = 'nobody was imported'
/** Each route with our own hashes; those that compare a password also where everybody was imported, for each form. */
const measured = [
  ...routes.map((route) => ({ ...route, imported: everybody })),
  ...Object.keys(importedHashes).flatMap((imported) =>
    routes
      .filter(({ path }) => path === '/password/request')
      .map((route) => ({ ...route, name: `${route.name}, ${imported} imported`, imported })),
  ),
]

let kit: Kit
let passwordHash: string
let numbers = 0
const startedAt = new Date()
const table: string[] = []

// Nobody costs what the hashes cost that are there, so each form has a database of its own.
async function openWith(imported: string): Promise<void> {
  const most = { limit: 1_000_000 }
  const opened = await postgres.open({
    strategies: everyStrategy(),
    sender: { reaches: ['email', 'phone'], deliver: () => Promise.resolve() },
    limits: {
      passwordNetwork: most,
      passwordGlobal: most,
      codeNetwork: most,
      codeGlobal: most,
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
  const foreign: Readonly<Record<string, string>> = importedHashes
  passwordHash = foreign[imported] ?? (rows[0]?.['hash'] as string)
}

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

async function timeOf({ path, body }: TimedRoute, value: string, plantedMs: number): Promise<number> {
  const browser = openBrowser(kit.auth)
  const start = performance.now()
  if (plantedMs > 0) await kit.auth.query('select pg_sleep($1)', [plantedMs / 1000])
  const { status } = await browser.post(path, body(value))
  const time = performance.now() - start
  expect([202, 400, 401]).toContain(status)
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
  for (let round = -warmUp; round < maxParts * pairsOf(route); round++) {
    if (round > 0 && round % pairsOf(route) === 0 && areEnough(differences)) break
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

describe.each([everybody, ...Object.keys(importedHashes)])(
  `the time of an answer, seed ${seed}, %s`,
  (imported) => {
    beforeAll(() => openWith(imported))
    afterAll(() => kit.auth.close())

    it.each(measured.filter((route) => route.imported === imported))(
      'of $name is that of nobody',
      async (route) => {
        const { pairs, cost, known, control, planted } = await measure(route)
        const row = `| \`${route.name}\` | ${pairs} | ${cost.toFixed(1)} | ${tell(known)} | ${tell(control)} | ${tell(planted)} |`
        process.stdout.write(`${row}\n`)
        expect(isInside(control), 'void: the identical control differs').toBe(true)
        expect(isInside(planted), 'void: the planted leak was not caught').toBe(false)
        expect(isInside(known), `known and unknown differ by ${tell(known)} ms`).toBe(true)
        table.push(row)
      },
    )
  },
)

// What was measured is said at the end of each run; a run of everything that passed is written down where that is asked.
afterAll(async () => {
  const client = new pg.Client({ connectionString: inject('postgresUrl') })
  await client.connect()
  const { rows } = await client.query<Record<'version' | 'fsync' | 'commit', string>>(
    `select current_setting('server_version') as version, current_setting('fsync') as fsync,
      current_setting('synchronous_commit') as commit`,
  )
  await client.end()
  const [{ version, fsync, commit }] = rows as [Record<'version' | 'fsync' | 'commit', string>]
  const minutes = ((Date.now() - startedAt.getTime()) / 60_000).toFixed(1)
  const head = `${startedAt.toISOString().slice(0, 10)}, Node.js ${process.versions.node}, PostgreSQL ${version} with \`fsync\` ${fsync} and
\`synchronous_commit\` ${commit}, seed ${seed}: ${table.length} of ${measured.length} passed, in ${minutes} minutes. Times in milliseconds: median
[99 % interval].`
  process.stdout.write(`\n${head}\n`)
  if (process.env['LATCHKEY_TIMING_WRITE'] !== '1') return
  if (table.length !== measured.length) {
    process.stdout.write('Nothing is written: only a run in which every route passed is.\n')
    return
  }
  const page = fileURLToPath(new URL('../../docs/timing.md', import.meta.url))
  const text = readFileSync(page, 'utf8')
  const columns =
    '| route | pairs | cost | known - unknown | control | plant of 2 ms |\n| --- | --- | --- | --- | --- | --- |'
  writeFileSync(
    page,
    `${text.slice(0, text.indexOf('## Result'))}## Result\n\n${head}\n\n${columns}\n${table.join('\n')}\n`,
  )
  spawnSync('npx', ['prettier', '--write', '--log-level', 'warn', page])
})
