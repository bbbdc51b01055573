// Renders the results as a page.
import { cpus } from 'node:os'
import { suites } from './suites.mjs'

const fixed = (value, digits) => (value === undefined || Number.isNaN(value) ? '' : value.toFixed(digits))
const count = (value) => Math.round(value).toLocaleString('en-US')
const megabytes = (bytes) => (bytes / 2 ** 20).toFixed(1)

function table(head, alignment, rows) {
  return [head, alignment, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

const comparedHead = [
  'what',
  'per second',
  'ratio',
  'spread of the ratio',
  'p50 in ms',
  'p99 in ms',
  'statements',
  'node µs',
  'Postgres µs',
]
const comparedAlignment = ['---', ...comparedHead.slice(1).map(() => '---:')]

function labelOf(name, suite) {
  if (name === 'floor' || name === 'constant route') return suite.floor
  return name === 'floor, unnamed' ? 'raw unnamed join' : name
}

function compared(results, suite) {
  const parts = results.tables
    .filter(({ operation }) => operation === suite.operation)
    .map(({ inFlight, rows }) => {
      const body = rows.map((row) => [
        labelOf(row.name, suite),
        count(row.perSecond),
        fixed(row.ratio, 3),
        `${fixed(row.least, 2)} to ${fixed(row.most, 2)}`,
        fixed(row.p50, 3),
        fixed(row.p99, 2),
        fixed(row.statements, 2),
        count(row.nodePerOperation),
        count(row.postgresPerOperation),
      ])
      return `### ${inFlight} in flight\n\n${table(comparedHead, comparedAlignment, body)}`
    })
  return parts.length === 0 ? [] : [`## ${suite.title}\n\n${suite.unlike}\n\n${parts.join('\n\n')}`]
}

function growth(rows) {
  const fastest = Math.min(...rows.map(({ p50 }) => p50))
  const body = rows.map(({ count: sessions, p50, p99, heapBytes, indexBytes }) => [
    count(sessions),
    fixed(p50, 3),
    fixed(p50 / fastest, 2),
    fixed(p99, 2),
    count(heapBytes),
    count(indexBytes),
  ])
  const head = [
    'sessions',
    'p50 in ms',
    'to the fastest',
    'p99 in ms',
    'bytes a row',
    'bytes of indexes a row',
  ]
  return `## Growth\n\nOne check at a time, for sessions spread over the whole table; one user in ten sessions.\n\n${table(
    head,
    head.map(() => '---:'),
    body,
  )}`
}

function storm(found) {
  const body = [
    ['sign-ins sent', count(found.sent)],
    ['signed in', count(found.signedIn)],
    ['refused with 429 or 503', count(found.refused)],
    ['of these with `Retry-After`', count(found.withRetryAfter)],
    ['other answers', found.others === 0 ? '0' : `${count(found.others)} (${found.otherKinds.join(', ')})`],
    ['p50 of an answer', `${count(found.p50)} ms`],
    ['longest answer', `${count(found.longest)} ms`],
    ['session checks meanwhile, 4 in flight', `${count(found.checksPerSecond)} a second`],
    ['their p50', `${fixed(found.checkP50, 2)} ms`],
    ['their p99', `${fixed(found.checkP99, 2)} ms`],
    ['most resident memory', `${count(found.mostMb)} MB`],
  ]
  return `## A storm of sign-ins\n\n256 sign-ins by password at once, five times, a second apart, at one process over node:http.\n\n${table(['what', 'figure'], ['---', '---:'], body)}`
}

function footprint({ footprint: found, resident, firstSessionMs }) {
  const rssOf = (name) => resident?.find((each) => each.name === name)?.rss
  const head = [
    'what',
    'import in ms',
    'resident by the import in MB',
    'resident after the load in MB',
    'installed in MB',
    'packages',
  ]
  const body = found.map(({ name, importMs, importBytes, bytes, count: packages }) => [
    name,
    fixed(importMs, 0),
    megabytes(importBytes),
    rssOf(name) === undefined ? '' : megabytes(rssOf(name)),
    megabytes(bytes),
    packages,
  ])
  return `## Footprint\n\nWith \`pg\`, but for the second row, and all that each needs installed. Latchkey's packages hold the embedded Postgres, HTTP and the senders. From the start of a process to its first validated session, on a server: ${count(firstSessionMs)} ms.\n\n${table(head, ['---', ...head.slice(1).map(() => '---:')], body)}`
}

/** Renders the checks as a table. */
export function checksTable(checks) {
  const body = checks.map(({ sentence, measured, wanted, met }) => [
    sentence,
    measured,
    wanted,
    met ? 'yes' : '**no**',
  ])
  return table(['what', 'measured', 'wanted', 'met'], ['---', '---:', '---:', '---'], body)
}

/** Renders the page. */
export function toMarkdown(results, checks) {
  const { seed, rounds, ms, postgres } = results
  const [{ model }] = cpus()
  const parts = [
    '# Benchmarks',
    `Written by \`npm run bench\`. Measured on ${cpus().length} cores (${model.trim()}), Node ${process.version}, PostgreSQL ${postgres} on the same machine, 100,000 sessions of 10,000 users in the tables of each system, pools of ten connections.`,
    `Each system has a process of its own. In each of ${rounds} rounds of ${ms} ms every system of a table has its turn, in a changing order; figures are medians over the rounds, and ratios are to the first row of the same round. Statements are counted by \`pg_stat_statements\`; \`node µs\` and \`Postgres µs\` are processor time an operation. Seed \`${seed}\`.`,
    '![Session checks a second, by system](benchmarks.svg)',
    `## What it must show\n\n${checksTable(checks)}`,
    ...suites.flatMap((suite) => compared(results, suite)),
    ...(results.growth === undefined ? [] : [growth(results.growth)]),
    ...(results.storm === undefined ? [] : [storm(results.storm)]),
    ...(results.footprint === undefined ? [] : [footprint(results)]),
  ]
  return `${parts.join('\n\n')}\n`
}
