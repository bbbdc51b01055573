/** The packed package, unpacked into a project of a stranger that has nothing else but its declared dependencies. */

import { execFileSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** A project that has installed the package. */
export interface Project {
  readonly folder: string
  /** Runs a module in it, with this environment. Returns what it printed. */
  run(module: string, environment?: Readonly<Record<string, string>>): string
  remove(): void
}

function link(modules: string, name: string): void {
  const target = join(modules, name)
  mkdirSync(dirname(target), { recursive: true })
  symlinkSync(join(root, 'node_modules', name), target)
}

/** Packs this package and unpacks it into a folder. */
export function unpackInto(folder: string): void {
  const kept = mkdtempSync(join(tmpdir(), 'latchkey-pack-'))
  execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', kept], {
    cwd: root,
    stdio: 'pipe',
  })
  const tarball = readdirSync(kept).find((name) => name.endsWith('.tgz')) as string
  mkdirSync(folder, { recursive: true })
  execFileSync('tar', ['-xzf', join(kept, tarball), '--strip-components=1', '-C', folder])
  rmSync(kept, { recursive: true })
}

/** Packs and unpacks. `also` are packages that the stranger has installed beside it. */
export function createProject(also: readonly string[] = []): Project {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-project-'))
  const modules = join(folder, 'node_modules')
  unpackInto(join(modules, 'latchkey'))
  const manifest = JSON.parse(readFileSync(join(modules, 'latchkey/package.json'), 'utf8')) as {
    dependencies: Record<string, string>
  }
  for (const name of new Set([...Object.keys(manifest.dependencies), ...also])) link(modules, name)
  writeFileSync(join(folder, 'package.json'), '{ "type": "module", "private": true }')

  let count = 0
  return {
    folder,
    run(module, environment = {}) {
      const file = join(folder, `run-${++count}.mjs`)
      writeFileSync(file, module)
      return execFileSync(process.execPath, [file], {
        cwd: folder,
        encoding: 'utf8',
        env: { ...process.env, NODE_ENV: '', ...environment },
      })
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
