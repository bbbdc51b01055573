// Installs the private packages beside this one: the examples, and the runtimes of the tests. Their
// `latchkey` is this package, packed (`install-links` in their .npmrc), so build it first.
//   node scripts/examples.mjs install [name…]   installs from the lock files
//   node scripts/examples.mjs lock [name…]      recreates the lock files after a change of dependencies
//   node scripts/examples.mjs check             lists the lock files that are out of date
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './imports.mjs'

const read = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'))
const packages = [
  ...readdirSync(join(root, 'examples')).map((name) => ({ name, folder: `examples/${name}` })),
  { name: 'runtimes', folder: 'test/runtimes' },
].filter(({ folder }) => existsSync(join(root, folder, 'package.json')))

function npm(folder, args) {
  const all = [...args, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel', 'error']
  const { status } = spawnSync('npm', all, { cwd: join(root, folder), stdio: 'inherit' })
  return status === 0 ? [] : [`${folder}: npm ${args.join(' ')} failed.`]
}

// A lock file with other dependencies of `latchkey` than the current ones would install a package that does
// not run.
function staleLock({ folder }) {
  if (!existsSync(join(root, folder, 'package-lock.json'))) return [`${folder}: there is no lock file.`]
  const locked = read(`${folder}/package-lock.json`).packages['node_modules/latchkey']
  if (locked === undefined) return []
  const same = JSON.stringify(locked.dependencies) === JSON.stringify(read('package.json').dependencies)
  return same ? [] : [`${folder}: the lock file is not current: run node scripts/examples.mjs lock`]
}

// npm treats a package of the same version as unchanged, even if its dependencies changed.
function forgetLocked(folder) {
  const path = join(root, folder, 'package-lock.json')
  if (!existsSync(path)) return
  const lock = read(`${folder}/package-lock.json`)
  delete lock.packages['node_modules/latchkey']
  writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`)
}

const commands = {
  install: ({ folder }) => npm(folder, ['ci']),
  lock({ folder }) {
    forgetLocked(folder)
    return npm(folder, ['install', '--package-lock-only'])
  },
  check: staleLock,
}

const [, , command = 'check', ...names] = process.argv
const run = commands[command]
if (run === undefined) throw new Error(`There is no ${command}: say ${Object.keys(commands).join(', ')}.`)
const chosen = packages.filter(({ name }) => names.length === 0 || names.includes(name))
const faults = chosen.flatMap((each) => {
  if (command !== 'check') console.log(`${command} ${each.folder}`)
  return run(each)
})
for (const fault of faults) console.error(fault)
console.log(`${chosen.length} packages, ${faults.length} faults`)
if (faults.length > 0) process.exitCode = 1
