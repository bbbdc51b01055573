/** The same handler on each runtime that is installed, against a PostgreSQL server. `docs/runtimes.md` tells the rest. */

import { cpSync, existsSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { createDatabase } from '../harness/engines.js'
import { byLink, byPassword, driveStory, printedBy, startHost } from '../harness/hosts.js'
import { freePort } from '../harness/ports.js'
import type { Project } from '../harness/tarball.js'
import { createProject } from '../harness/tarball.js'

const here = fileURLToPath(new URL('.', import.meta.url))
const modules = join(here, 'node_modules')
const bundled = join(modules, 'miniflare')
const platform = `${process.platform}-${process.arch}`
const runtimes = [
  { name: 'node', command: process.execPath, args: ['hosts/node.mjs'], enter: byPassword },
  {
    name: 'bun',
    command: join(modules, `@oven/bun-${platform}/bin/bun`),
    args: ['run', 'hosts/bun.mjs'],
    enter: byPassword,
  },
  {
    name: 'deno',
    command: join(modules, `@deno/${platform}-glibc/deno`),
    args: ['run', '--allow-all', '--node-modules-dir=manual', 'hosts/deno.mjs'],
    enter: byPassword,
  },
  // A Worker hashes no password: see docs/runtimes.md.
  { name: 'workerd', command: process.execPath, args: ['hosts/workerd.mjs'], enter: byLink },
].map((runtime) => ({
  ...runtime,
  installed: existsSync(runtime.name === 'workerd' ? bundled : runtime.command),
}))

let project: Project
beforeAll(() => {
  project = createProject(['esbuild'])
  cpSync(join(here, 'hosts'), join(project.folder, 'hosts'), { recursive: true })
  symlinkSync(bundled, join(project.folder, 'node_modules/miniflare'))
})
afterAll(() => project.remove())

describe('the handler', () => {
  it.each(runtimes.filter(({ installed }) => installed))(
    'runs on $name: lets a person in, guards, and signs them out',
    async ({ command, args, enter }) => {
      const port = await freePort()
      const environment = {
        PORT: String(port),
        DATABASE_URL: await createDatabase(),
        DENO_NO_UPDATE_CHECK: '1',
      }
      const host = startHost({ command, args, folder: project.folder, environment })
      try {
        await host.line(/Listening on/)
        await driveStory(`http://localhost:${port}`, printedBy(host), enter)
      } finally {
        await host.stop()
      }
    },
    120_000,
  )

  for (const { name } of runtimes.filter(({ installed }) => !installed)) {
    process.stderr.write(
      `SKIPPED: ${name} is not installed: run node scripts/examples.mjs install runtimes\n`,
    )
    it.skip(`${name} is NOT INSTALLED: run node scripts/examples.mjs install runtimes`, () => undefined)
  }
})
