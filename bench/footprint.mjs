// The cost of a system before it does anything: its import time, and the size of its installation.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { median } from './measure.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const bench = fileURLToPath(new URL('.', import.meta.url))

/** The imports of a host for each system, and their source. */
const packages = {
  Latchkey: { folder: root, own: ['dist', 'src', 'data'], imports: ['./dist/index.js', 'pg'] },
  'Latchkey, without pg': { folder: root, own: ['dist', 'src', 'data'], imports: ['./dist/index.js'] },
  'better-auth': { folder: bench, packages: ['better-auth', 'pg'], imports: ['better-auth', 'pg'] },
  'Lucia v3': {
    folder: bench,
    packages: ['lucia', '@lucia-auth/adapter-postgresql', 'pg'],
    imports: ['lucia', '@lucia-auth/adapter-postgresql', 'pg'],
  },
  'Auth.js': {
    folder: bench,
    packages: ['@auth/core', '@auth/pg-adapter', 'pg'],
    imports: ['@auth/core', '@auth/pg-adapter', 'pg'],
  },
}

function bytesOf(path) {
  if (!statSync(path).isDirectory()) return statSync(path).size
  return readdirSync(path)
    .filter((name) => name !== 'node_modules' && !/\.test\.tsx?$|\.tsbuildinfo$/.test(name))
    .reduce((sum, name) => sum + bytesOf(join(path, name)), 0)
}

function find(name, from) {
  for (let folder = from; ; folder = dirname(folder)) {
    const path = join(folder, 'node_modules', name)
    if (existsSync(path)) return path
    if (folder === dirname(folder)) return null
  }
}

// A package and all its dependencies; optional ones count if they are installed, such as the binary of this
// platform.
function collect(path, known) {
  if (path === null || known.has(path)) return
  known.add(path)
  const { dependencies, optionalDependencies } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'))
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies }))
    collect(find(name, path), known)
}

function installedBytes({ folder, own, packages: names }) {
  const known = new Set()
  const dependencies =
    own === undefined
      ? names
      : Object.keys(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).dependencies)
  for (const name of dependencies) collect(find(name, folder), known)
  const packed = (own ?? []).reduce((sum, name) => sum + bytesOf(join(folder, name)), 0)
  return {
    bytes: packed + [...known].reduce((sum, path) => sum + bytesOf(path), 0),
    count: known.size + (own === undefined ? 0 : 1),
  }
}

function importing({ folder, imports }) {
  const script = `const before = process.memoryUsage.rss(); const start = performance.now();
    for (const name of ${JSON.stringify(imports)}) await import(name);
    console.log(JSON.stringify([performance.now() - start, process.memoryUsage.rss() - before]))`
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    cwd: folder,
  })
  if (stdout === '') throw new Error(stderr)
  return JSON.parse(stdout)
}

/** Measures all systems in turn. */
export function measureFootprints(rounds) {
  const names = Object.keys(packages)
  const samples = new Map(names.map((name) => [name, []]))
  for (let round = 0; round < rounds; round++)
    for (const name of names) samples.get(name).push(importing(packages[name]))
  return names.map((name) => ({
    name,
    importMs: median(samples.get(name).map(([ms]) => ms)),
    importBytes: median(samples.get(name).map(([, bytes]) => bytes)),
    ...installedBytes(packages[name]),
  }))
}
