// Installs the private packages that stand beside this one: the examples, and the runtimes of the tests. Their
// `latchkey` is this very package, packed (`install-links` in their .npmrc), so that it is built first.
//   node scripts/examples.mjs install [name…]   installs by the lock files
//   node scripts/examples.mjs lock [name…]      makes the lock files anew, after a change of dependencies
//   node scripts/examples.mjs check             says which lock files are not current
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

// A lock file that names other dependencies of ours than we have would install a package that does not run.
function staleLock({ folder }) {
  if (!existsSync(join(root, folder, 'package-lock.json'))) return [`${folder}: there is no lock file.`]
  const locked = read(`${folder}/package-lock.json`).packages['node_modules/latchkey']
  if (locked === undefined) return []
  const same = JSON.stringify(locked.dependencies) === JSON.stringify(read('package.json').dependencies)
  return same ? [] : [`${folder}: the lock file is not current: run node scripts/examples.mjs lock`]
}

// npm takes a package of the same version for the same package, whatever it depends on now.
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
