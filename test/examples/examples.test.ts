/** The examples, started as a reader would start them, with the packed package, on a PostgreSQL server, and driven. */

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, it } from 'vitest'
import { createDatabase } from '../harness/engines.js'
import { driveStory, inboxAt, printedBy, startHost } from '../harness/hosts.js'
import { freePort } from '../harness/ports.js'
import { unpackInto } from '../harness/tarball.js'

const folderOf = (name: string): string => fileURLToPath(new URL(`../../examples/${name}`, import.meta.url))
const next = ['node_modules/next/dist/bin/next', 'dev', '--hostname', 'localhost']
const examples = [
  { name: 'node-http', args: ['server.mjs'] },
  { name: 'express', args: ['server.mjs'] },
  { name: 'fastify', args: ['server.mjs'] },
  { name: 'hono', args: ['server.mjs'] },
  { name: 'next', args: next },
].map((example) => ({
  ...example,
  installed: existsSync(join(folderOf(example.name), 'node_modules/latchkey')),
}))

describe('the example', () => {
  it.each(examples.filter(({ installed }) => installed))(
    '$name signs a person up and in, guards its routes, and signs them out',
    async ({ name, args }) => {
      const folder = folderOf(name)
      unpackInto(join(folder, 'node_modules/latchkey'))
      const port = await freePort()
      const url = `http://localhost:${port}`
      const environment = { PORT: String(port), BASE_URL: url, DATABASE_URL: await createDatabase() }
      const host = startHost({ command: process.execPath, args, folder, environment })
      try {
        await host.line(/Listening on|Ready in/)
        await driveStory(url, name === 'next' ? inboxAt(url) : printedBy(host))
      } finally {
        await host.stop()
      }
    },
    240_000,
  )

  const missing = examples.filter(({ installed }) => !installed)
  for (const { name } of missing) {
    process.stderr.write(
      `SKIPPED: examples/${name} is not installed: run node scripts/examples.mjs install ${name}\n`,
    )
    it.skip(`${name} is NOT INSTALLED: run node scripts/examples.mjs install ${name}`, () => undefined)
  }
})
