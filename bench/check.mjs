// npm run bench:check: measures the ratios again, and fails if one has fallen by more than 15 % below the
// budget.
//
//   --only a,b         as in npm run bench
//   --rounds, --ms     rounds, and milliseconds of each turn
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import './ready.mjs'

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    ms: { type: 'string', default: '1000' },
  },
})
const { measureAll } = await import('./measurements.mjs')
const { compareWithBudget, toBudget } = await import('./budget.mjs')

const whole = JSON.parse(readFileSync(new URL('budget.json', import.meta.url), 'utf8'))
const operationOf = (key) => key.split('@')[0]
const only = values.only?.split(',') ?? [...new Set(Object.keys(whole).map(operationOf))]
const budget = Object.fromEntries(Object.entries(whole).filter(([key]) => only.includes(operationOf(key))))

const results = await measureAll({
  seed: 'latchkey',
  ms: Number(values.ms),
  rounds: Number(values.rounds),
  only,
  counts: [],
  contestants: ['floor', 'constant route', 'Latchkey', 'Latchkey, cache'],
  countStatementsToo: false,
  say: (line) => console.error(line),
})
const compared = compareWithBudget(budget, toBudget(results))
for (const { key, budget: ratio, measured, held } of compared)
  console.log(
    `${held ? 'ok    ' : 'FAILED'} ${key.padEnd(28)} ${measured?.toFixed(3) ?? 'missing'} (budget ${ratio})`,
  )
if (compared.length === 0) throw new Error('The budget is empty: npm run bench -- --budget writes it.')
if (compared.some(({ held }) => !held)) process.exitCode = 1
