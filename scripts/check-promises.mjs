// Checks that every promise names its test. Each link to a test has the name of that test as its title, and
// the name occurs in the file. Each promise of README.md and SECURITY.md has such a link. Every other page
// names at least one test, or explains in a comment before its first section why it makes no promise.
// docs/asvs.md has a row for every requirement of level 1 and 2, with a test or reason for each one that is
// met.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from './imports.mjs'

// OWASP ASVS 5.0.0: the number of requirements of each section and level, as `section: levels in order`.
const levels = {
  1.1: '22',
  1.2: '1111122223',
  1.3: '112222222223',
  1.4: '222',
  1.5: '123',
  2.1: '122',
  2.2: '112',
  2.3: '12223',
  2.4: '23',
  3.1: '3',
  3.2: '113',
  3.3: '12223',
  3.4: '11222233',
  3.5: '11122333',
  3.6: '3',
  3.7: '22333',
  4.1: '12233',
  4.2: '23333',
  4.3: '22',
  4.4: '1222',
  6.1: '122',
  6.2: '111111122223',
  6.3: '11223333',
  6.4: '112233',
  6.5: '22222333',
  6.6: '2223',
  6.7: '33',
  6.8: '2222',
  7.1: '222',
  7.2: '1111',
  7.3: '22',
  7.4: '11222',
  7.5: '223',
  7.6: '22',
  8.1: '1233',
  8.2: '1123',
  8.3: '133',
  8.4: '23',
  11.1: '2233',
  11.2: '22233',
  11.3: '11233',
  11.4: '1222',
  11.5: '23',
  11.6: '23',
  11.7: '33',
  12.1: '12233',
  12.2: '11',
  12.3: '22223',
  13.1: '2333',
  13.2: '222223',
  13.3: '2233',
  13.4: '1222233',
  14.1: '22',
  14.2: '12223333',
  14.3: '122',
  15.1: '12233',
  15.2: '12233',
  15.3: '1222222',
  15.4: '3333',
  16.1: '2',
  16.2: '22222',
  16.3: '2222',
  16.4: '222',
  16.5: '2223',
}

const faults = []
const read = (path) => readFileSync(join(root, path), 'utf8')
const isTest = /\.(test\.tsx?|timing\.ts|scale\.ts|faults\.ts|plans\.ts)$|src\/testing\/suite\/[a-z-]+\.ts$/
const link = /\]\(([^)\s]+)(?:\s+(?:"([^"]*)"|'([^']*)'))?\)/g

const pages = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.md'], {
  cwd: root,
  encoding: 'utf8',
})
const noPromise = /^<!-- No promises: .{10,} -->$/m
// The output of a measurement contains figures and no promises.
const isReport = /^(Written by|By) `npm run [\w:]+`/m
const isNoPage = /^(AGENTS|CONTRIBUTING)\.md$/
let linked = 0
for (const page of pages.trim().split('\n')) {
  let own = 0
  for (const [, target, double, single] of read(page).matchAll(link)) {
    const title = double ?? single
    if (!isTest.test(target)) continue
    linked += 1
    own += 1
    const file = join(dirname(page), target)
    if (!existsSync(join(root, file))) faults.push(`${page}: the test ${target} does not exist.`)
    else if (title === undefined) faults.push(`${page}: the link to ${target} does not name the test.`)
    else if (!read(file).replaceAll("\\'", "'").includes(title))
      faults.push(`${page}: ${target} has no test «${title}».`)
  }
  const head = read(page).split(/^## /m, 1)[0]
  const isExempt = noPromise.test(head) || isReport.test(head)
  if (own === 0 && !isExempt && !isNoPage.test(page))
    faults.push(`${page}: names no test. Name one, or begin with <!-- No promises: why -->.`)
  if (own > 0 && isExempt) faults.push(`${page}: names tests, and says that it makes no promises.`)
}

/** The table rows and list items below a heading. */
function promisesBelow(page, heading) {
  const section = read(page)
    .split(/^## /m)
    .find((text) => text.startsWith(`${heading}\n`))
  if (section === undefined) {
    faults.push(`${page}: there is no section «${heading}».`)
    return []
  }
  const rows = section
    .split('\n')
    .filter((line) => /^\| (?!-)/.test(line))
    .slice(1)
  const items = section
    .split(/^- /m)
    .slice(1)
    .map((item) => item.split('\n\n', 1)[0])
  return [...rows, ...items]
}

for (const [page, heading] of [
  ['README.md', 'What it promises'],
  ['SECURITY.md', 'What is promised'],
]) {
  for (const promise of promisesBelow(page, heading)) {
    const tests = [...promise.matchAll(link)].filter(([, target]) => isTest.test(target))
    if (tests.length === 0) faults.push(`${page}: «${promise.slice(0, 80)}…» names no test.`)
  }
}

const rows = new Map(
  [...read('docs/asvs.md').matchAll(/^\| (\d+\.\d+\.\d+)\s+\|(.*)\|$/gm)].map(([, id, rest]) => [
    id,
    rest.split('|').map((cell) => cell.trim()),
  ]),
)
for (const [section, text] of Object.entries(levels)) {
  for (const [index, level] of [...text].entries()) {
    const id = `${section}.${index + 1}`
    const row = rows.get(id)
    if (level === '3') continue
    if (row === undefined) faults.push(`docs/asvs.md: ${id} is missing.`)
    else if (row[0] !== level) faults.push(`docs/asvs.md: ${id} is of level ${level}.`)
    else if (!['yes', 'no', 'partly', 'host', 'n/a'].includes(row[2]))
      faults.push(`docs/asvs.md: ${id} must say yes, no, partly, host or n/a.`)
    else if (row[2] === 'yes' && !/\]\([^)]+\)/.test(row[3]))
      faults.push(`docs/asvs.md: ${id} shows nothing.`)
    else if (row[3].replaceAll(link, '').length < 10 && row[2] !== 'yes' && row[2] !== 'n/a')
      faults.push(`docs/asvs.md: ${id} does not say what is missing, or what to do.`)
  }
}

for (const fault of faults) console.error(fault)
console.log(`${linked} tests are named, ${rows.size} requirements of ASVS; ${faults.length} faults`)
if (faults.length > 0) process.exitCode = 1
