/** The examples, started as a reader would start them, with the packed package, and driven. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createBrowser } from '../harness/server.js'
import type { Project } from '../harness/tarball.js'
import { createProject } from '../harness/tarball.js'

let project: Project
beforeAll(() => {
  project = createProject()
})
afterAll(() => project.remove())

async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, 'localhost')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

it('node-http signs a person in by a link, in the browser that asked alone', async () => {
  const source = fileURLToPath(new URL('../../examples/node-http/server.mjs', import.meta.url))
  copyFileSync(source, join(project.folder, 'server.mjs'))
  const port = await freePort()
  const child = spawn(process.execPath, ['server.mjs'], {
    cwd: project.folder,
    env: { ...process.env, PORT: String(port), NODE_ENV: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  await lines.next()
  const [here, there] = [createBrowser(`http://localhost:${port}`), createBrowser(`http://localhost:${port}`)]
  const form = { 'content-type': 'application/x-www-form-urlencoded' }

  expect((await here.request('POST', '/ask', 'email=ada%40example.com', form)).status).toBe(200)
  const line = String((await lines.next()).value)
  const token = /token=([A-Za-z0-9_-]+)/.exec(line)?.[1] as string
  expect((await here.request('GET', `/auth/magic-link/callback?token=${token}`)).text).toContain(token)
  expect((await there.request('POST', '/enter', `token=${token}`, form)).status).toBe(409)
  expect((await here.request('POST', '/enter', `token=${token}`, form)).status).toBe(303)
  expect((await here.request('GET', '/')).text).toContain('Signed in as')
  expect((await there.request('GET', '/')).text).toContain('Send a link')
  expect((await here.request('POST', '/out', '', { ...form, origin: 'https://evil.example' })).status).toBe(
    403,
  )
  await here.request('POST', '/out', '', form)
  expect((await here.request('GET', '/')).text).toContain('Send a link')
  expect((await here.request('POST', '/enter', `token=${token}`, form)).status).toBe(400)

  child.kill('SIGTERM')
  if (child.exitCode === null) await once(child, 'exit')
})
