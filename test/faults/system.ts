/** Two nodes behind one address, on a database of their own, whose messages a receiver in this process takes. */

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import type { Message } from '../../src/index.js'
import { createAuth } from '../../src/index.js'
import type { Node } from '../scale/nodes.js'
import { environmentOf, populate, secret, startNode } from '../scale/nodes.js'
import type { Proxy } from '../scale/proxy.js'
import { startProxy } from '../scale/proxy.js'
import type { People } from './ledger.js'
import { startLedger } from './ledger.js'

/** A running system. */
export interface System {
  readonly ledger: ReturnType<typeof startLedger>
  /** The address at which nodes reach the database. */
  readonly address: Proxy
  readonly nodes: Node[]
  readonly received: Message[]
  /** Where a node looks for the seconds by which the clock of its database is off, where it was started so. */
  readonly clockFile: string
  /** The lines that a node has logged since it started. */
  logged(node: Node): string[]
  /** How long the receiver takes for each message. */
  setDelay(ms: number): void
  /** Replaces a node by one with these secrets; it is killed, or asked to end, before its successor starts. */
  replace(index: number, how: 'kill' | 'stop', secrets?: string): Promise<void>
  /** Asks the database, past everything that fails. */
  query(text: string, values?: readonly unknown[]): Promise<{ rows: Record<string, unknown>[] }>
  close(): Promise<void>
}

const dist = fileURLToPath(new URL('../../dist/', import.meta.url))
const key = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

async function startReceiver() {
  const received: Message[] = []
  let delayMs = 0
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      setTimeout(() => {
        received.push(JSON.parse(Buffer.concat(chunks).toString()) as Message)
        response.end()
      }, delayMs)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    received,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    setDelay: (ms: number) => void (delayMs = ms),
    close(): void {
      server.close()
      server.closeAllConnections()
    },
  }
}

// A node whose database has a clock that a file moves: every reading of it is shifted by as many seconds.
const movedClock = `
  import { readFileSync } from 'node:fs'
  import { openPostgres } from '${dist}store/postgres.js'
  const real = await openPostgres(process.env.LEDGER_DATABASE)
  const seconds = () => Number(readFileSync(process.env.LEDGER_CLOCK, 'utf8'))
  const shift = (statement) => {
    const moved = seconds()
    if (moved === 0) return statement
    const text = statement.text.replace(/(?:pg_catalog\\.)?(?:statement|clock)_timestamp\\(\\)/g,
      (reading) => \`(\${reading} operator(pg_catalog.+) interval '\${moved} seconds')\`)
    return { ...statement, text, name: undefined }
  }
  const over = (queryable) => ({ ...queryable, query: (statement) => queryable.query(shift(statement)) })
  const database = { ...over(real), transaction: (work) => real.transaction((tx) => work(over(tx))) }`

// What a node meets is written through a descriptor that it has from its start, also when it gets no other.
const loggedToFile = `
  import { openSync, writeSync } from 'node:fs'
  import { inspect } from 'node:util'
  const log = openSync(process.env.LEDGER_LOG, 'a')
  const logger = Object.fromEntries(['debug', 'info', 'warn', 'error'].map((level) => [
    level, (fields, message) => writeSync(log, inspect({ pid: process.pid, level, message, ...fields },
      { depth: 8, breakLength: Infinity }).replace(/\\s+/g, ' ') + '\\n')
  ]))`

/** Makes the people, starts two nodes, and lets the traffic begin. */
export async function startSystem(
  databaseUrl: string,
  reach: { readonly port?: number; readonly movableClock?: boolean } = {},
): Promise<System> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-ledger-'))
  const receiver = await startReceiver()
  const everybody = await populate(databaseUrl, 5)
  const askers = Array.from({ length: 60 }, (_, index) => `asked-${index}@example.com`)
  const auth = await createAuth({ database: databaseUrl, secret, outbox: { worker: false } })
  for (const email of askers) await auth.accounts.importUser({ email, verified: true })
  await auth.close()
  const people: People = { visitors: everybody.slice(0, 3), changers: everybody.slice(3), askers }

  const target = new URL(databaseUrl)
  const address = await startProxy([reach.port ?? Number(target.port)])
  const front = await startProxy([])
  const nodeUrl = new URL(databaseUrl)
  nodeUrl.port = String(address.port)
  const clockFile = join(folder, 'clock')
  writeFileSync(clockFile, '0')
  const [config, log] = [join(folder, 'config.mjs'), join(folder, 'log')]
  writeFileSync(log, '')
  const clock = reach.movableClock === true
  writeFileSync(
    config,
    `import { webhook } from '${dist}delivery/webhook.js'
    ${clock ? movedClock : ''}
    ${loggedToFile}
    export default { logger, sender: webhook({ url: '${receiver.url}', secret: '${key}' })${clock ? ', database' : ''} }`,
  )
  const environment = {
    ...environmentOf(nodeUrl.href, `http://127.0.0.1:${front.port}`),
    LATCHKEY_CONFIG: config,
    LEDGER_CLOCK: clockFile,
    LEDGER_LOG: log,
    LEDGER_DATABASE: nodeUrl.href,
    ...(clock && { DATABASE_URL: '' }),
  }
  const nodes = await Promise.all([startNode(environment), startNode(environment)])
  const rotate = (): void => front.setBackends(nodes.map(({ port }) => port))
  rotate()
  return {
    ledger: startLedger(front.port, people),
    address,
    nodes,
    received: receiver.received,
    clockFile,
    logged: ({ pid }) =>
      readFileSync(log, 'utf8')
        .split('\n')
        .filter((line) => line.startsWith(`{ pid: ${pid}, `)),
    setDelay: receiver.setDelay,
    async replace(index, how, secrets = secret) {
      const leaving = nodes[index] as Node
      if (how === 'kill') await leaving.kill()
      const ended = how === 'stop' ? leaving.stop() : undefined
      if (how === 'stop') {
        // As a balancer does that looks every second whether a node is ready.
        await new Promise((resolve) => setTimeout(resolve, 1_000))
        front.setBackends(nodes.filter((node) => node !== leaving).map(({ port }) => port))
      }
      nodes[index] = await startNode({ ...environment, LATCHKEY_SECRET: secrets })
      rotate()
      const code = await ended
      if (how === 'stop' && code !== 0) throw new Error(`A node ended with ${String(code)}.`)
    },
    async query(text, values = []) {
      const client = new pg.Client({ connectionString: nodeUrl.href })
      await client.connect()
      try {
        return await client.query(text, [...values])
      } finally {
        await client.end()
      }
    },
    async close() {
      await Promise.all(nodes.map((node) => node.stop()))
      await front.close()
      await address.close()
      receiver.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
