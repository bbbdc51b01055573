// Removes each guard in turn and expects a test to fail. The list is scripts/mutants.json; the result is
// docs/mutants.md. --only <part of a name> and --in <part of a file's path> run some of them and write
// nothing.
import { spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { root } from './imports.mjs'

const valueOf = (flag) =>
  process.argv.includes(flag) ? process.argv[process.argv.indexOf(flag) + 1] : undefined
const [only, within] = ['--only', '--in'].map(valueOf)
const all = JSON.parse(readFileSync(new URL('mutants.json', import.meta.url), 'utf8'))
const isChosen = ({ name, edits }) =>
  (only === undefined || name.includes(only)) &&
  (within === undefined || edits.some(({ file }) => file.includes(within)))
const isWhole = only === undefined && within === undefined
const chosen = all.filter(isChosen)

function copyTree() {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-mutant-'))
  for (const part of [
    'src',
    'test',
    'data',
    'package.json',
    'tsconfig.json',
    'tsconfig.build.json',
    'vitest.config.ts',
    'dist',
  ]) {
    cpSync(join(root, part), join(folder, part), { recursive: true })
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

function mutate(folder, { edits }) {
  const before = new Map()
  for (const { file, search, replace } of edits) {
    const path = join(folder, file)
    const text = readFileSync(path, 'utf8')
    const count = text.split(search).length - 1
    if (count !== 1) throw new Error(`${file}: "${search}" stands there ${count} times, not once.`)
    if (!before.has(path)) before.set(path, text)
    writeFileSync(
      path,
      text.replace(search, () => replace),
    )
  }
  return () => before.forEach((text, path) => writeFileSync(path, text))
}

// Processes that race run the built code, so for them the mutant is built too.
function build(folder) {
  const { status, stdout } = spawnSync('npx', ['tsc', '-p', 'tsconfig.build.json'], {
    cwd: folder,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`A mutant does not compile:\n${stdout}`)
}

function runTests(folder, { tests, pattern }) {
  const args = ['vitest', 'run', '--bail', '1', ...tests, ...(pattern ? ['-t', pattern] : [])]
  const child = spawn('npx', args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  child.stdout.on('data', (chunk) => (output += chunk))
  child.stderr.on('data', (chunk) => (output += chunk))
  return new Promise((resolve) => child.once('exit', (status) => resolve({ status, output })))
}

async function outcomeOf(folder, mutant) {
  const { status, output } = await runTests(folder, mutant)
  // A pattern that matches no test is no failure to vitest.
  if (!/Tests\s.*\d+ (?:passed|failed)/.test(stripVTControlCharacters(output))) return 'none ran'
  return status === 0 ? 'passed' : 'failed'
}

// A test that fails without the mutant too holds no guard. Several mutants share a test, which runs once.
const untouched = new Map()
function passesUntouched(folder, { tests, pattern }) {
  const key = JSON.stringify([tests, pattern])
  if (!untouched.has(key)) untouched.set(key, outcomeOf(folder, { tests, pattern }))
  return untouched.get(key).then((outcome) => outcome === 'passed')
}

async function outcomeWith(folder, mutant) {
  const restore = mutate(folder, mutant)
  try {
    if (mutant.build === true) build(folder)
    return await outcomeOf(folder, mutant)
  } finally {
    restore()
    if (mutant.build === true) build(folder)
  }
}

async function judge(folder, mutant) {
  const outcome = await outcomeWith(folder, mutant)
  if (outcome === 'none ran') return 'NO TEST RAN'
  if (outcome === 'passed') return 'SURVIVED'
  return (await passesUntouched(folder, mutant)) ? 'killed' : 'FAILS ANYWAY'
}

const queue = [...chosen]
const results = new Map()
async function lane() {
  const folder = copyTree()
  for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
    const verdict = await judge(folder, mutant)
    results.set(mutant.name, verdict)
    console.log(`${verdict.padEnd(12)} ${String(mutant.invariant).padEnd(4)} ${mutant.name}`)
  }
  rmSync(folder, { recursive: true, force: true })
}
await Promise.all([lane(), lane()])

const alive = chosen.filter(({ name }) => results.get(name) !== 'killed')
console.log(`${chosen.length - alive.length} of ${chosen.length} killed`)
if (isWhole) {
  const where = (edits) => [...new Set(edits.map(({ file }) => `\`${file}\``))].join(', ')
  const rows = all.map(
    ({ invariant, name, edits }) => `| ${invariant} | ${name} | ${where(edits)} | ${results.get(name)} |`,
  )
  const head =
    '# Mutants\n\nWritten by `npm run mutants`: each guard is removed once, and a test must fail.\n\n'
  const table = `| invariant | the guard that is removed | where | result |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n`
  writeFileSync(
    join(root, 'docs/mutants.md'),
    `${head}${all.length - alive.length} of ${all.length} are killed.\n\n${table}`,
  )
}
process.exitCode = alive.length === 0 ? 0 : 1
