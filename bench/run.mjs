// npm run bench: compares Latchkey with other libraries and the floors, prints the page, and writes
// docs/benchmarks.md and its picture.
//
//   --quick            short rounds; nothing is written
//   --only a,b         session http signUp authenticate signIn redeem link code entry growth storm footprint;
//                      nothing is written unless --write
//   --growth 1e7       the largest table of the growth; a million by default
//   --rounds, --ms     rounds, and milliseconds of each turn
//   --seed text        the seed of ids and secrets
//   --write            write the page in any case
//   --budget           also write bench/budget.json
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import './ready.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const { suites } = await import('./suites.mjs')
const parts = [...suites.map(({ operation }) => operation), 'growth', 'storm', 'footprint']
const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    growth: { type: 'string', default: '1e6' },
    rounds: { type: 'string' },
    ms: { type: 'string' },
    seed: { type: 'string', default: 'latchkey' },
    write: { type: 'boolean' },
    budget: { type: 'boolean', default: false },
  },
})
if (!/^[a-z0-9-]+$/.test(values.seed)) throw new Error('--seed: letters, digits and hyphens.')
const only = values.only?.split(',') ?? parts
for (const part of only)
  if (!parts.includes(part)) throw new Error(`--only ${part}: there is ${parts.join(', ')}.`)
const rounds = Number(values.rounds ?? (values.quick ? 3 : 5))
const ms = Number(values.ms ?? (values.quick ? 400 : 1500))
const largest = Number(values.growth)
const counts = [1e3, 1e4, 1e5, 1e6, 1e7].filter((count) => count <= largest)

const byHand = '## Against an earlier version\n'

const { measureAll } = await import('./measurements.mjs')
const { judge } = await import('./checks.mjs')
const { toMarkdown } = await import('./report.mjs')
const { toBudget } = await import('./budget.mjs')
const { toSvg } = await import('./plot.mjs')

const measured = await measureAll({
  seed: values.seed,
  ms,
  rounds,
  only,
  counts,
  countStatementsToo: true,
  say: (line) => console.error(line),
})
const results = { ...measured, seed: values.seed, rounds, ms }
const checks = judge(results)
const page = toMarkdown(results, checks)
console.log(page)

if (values.write ?? (!values.quick && values.only === undefined)) {
  // The comparison with an earlier version is recorded by hand, from `npm run bench:against`.
  const [, recorded] = readFileSync(`${root}docs/benchmarks.md`, 'utf8').split(byHand)
  writeFileSync(`${root}docs/benchmarks.md`, recorded === undefined ? page : `${page}\n${byHand}${recorded}`)
  const panels = results.tables
    .filter(({ operation }) => ['session', 'http'].includes(operation))
    .map(({ operation, inFlight, rows }) => {
      const suite = suites.find((each) => each.operation === operation)
      const label = (name) =>
        ['floor', 'constant route'].includes(name)
          ? suite.floor
          : name.replace('floor, unnamed', 'raw unnamed join')
      return {
        title: `${suite.title} a second, ${inFlight} in flight`,
        rows: rows.map(({ name, perSecond }) => ({
          label: label(name),
          perSecond,
          own: name.startsWith('Latchkey'),
        })),
      }
    })
  writeFileSync(`${root}docs/benchmarks.svg`, toSvg(panels))
  execFileSync('npx', ['prettier', '--write', '--log-level', 'warn', 'docs/benchmarks.md'], {
    cwd: root,
    stdio: 'inherit',
  })
}
if (values.budget)
  writeFileSync(new URL('budget.json', import.meta.url), `${JSON.stringify(toBudget(results), null, 2)}\n`)
