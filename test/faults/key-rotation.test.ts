/** Two nodes, restarted one after the other with another list of secrets, while both promise and deliver messages. */

import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Message } from '../../src/index.js'
import { createAuth } from '../../src/index.js'
import { startChild } from '../harness/child.js'
import type { Child } from '../harness/child.js'
import type { PostgresServer } from '../harness/postgres.js'
import { startPostgres } from '../harness/postgres.js'

const older = 'the older secret of thirty-two bytes'
const newer = 'the newer secret of thirty-two bytes'
const progress = 15

let server: PostgresServer

beforeAll(async () => {
  server = await startPostgres()
})

afterAll(() => server.destroy())

async function startReceiver() {
  const received: Message[] = []
  const receiver = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      received.push(JSON.parse(Buffer.concat(chunks).toString()) as Message)
      response.end()
    })
  })
  receiver.listen(0, '127.0.0.1')
  await once(receiver, 'listening')
  const { port } = receiver.address() as AddressInfo
  return {
    received,
    url: `http://127.0.0.1:${port}`,
    close() {
      receiver.close()
      receiver.closeAllConnections()
    },
  }
}

/** Restarts two nodes in turn with each of these lists. Returns what was promised, and what came of it. */
async function rotate(lists: readonly (readonly string[])[]) {
  const url = await server.createDatabase()
  const last = await createAuth({
    database: url,
    migrate: true,
    secret: lists.at(-1) as string[],
    outbox: { worker: false },
    sweep: { every: false },
  })
  const receiver = await startReceiver()
  const promised: string[] = []
  let started = 0
  const startNode = (secret: readonly string[]): Child =>
    startChild('rotating', JSON.stringify({ url, receiver: receiver.url, secret, name: `node-${++started}` }))

  async function go(nodes: readonly Child[]): Promise<void> {
    for (let count = 0; count < progress; count++) {
      for (const node of nodes) promised.push(await node.line())
    }
  }
  async function end(node: Child): Promise<void> {
    node.go()
    for (let line = await node.line(); line !== 'end'; line = await node.line()) promised.push(line)
    expect(await node.ended()).toBe(0)
  }

  const [first = [], ...later] = lists
  let nodes = [startNode(first), startNode(first)] as const
  await go(nodes)
  for (const list of later) {
    for (const index of [0, 1] as const) {
      await end(nodes[index])
      await go([nodes[1 - index] as Child])
      nodes = index === 0 ? [startNode(list), nodes[1]] : [nodes[0], startNode(list)]
      await go(nodes)
    }
  }
  await Promise.all(nodes.map(end))

  const { accounts, outbox, query } = last
  const codes = new Map(receiver.received.map(({ to, code }) => [to.value, code as string]))
  // What the last nodes left when they ended is delivered by the next; here it is handed over.
  const left = (await outbox.list({ state: 'pending', limit: 1000 })).map(({ to }) => to.value)
  const { rows } = await query(
    'select last_error from latchkey.outbox where failed_at is not null or last_error is not null',
  )
  const lost = promised.filter((email) => !codes.has(email) && !left.includes(email))
  let refused = 0
  for (const [email, code] of codes) {
    await accounts.verifyMagicCode(code, 'sign_in', email).catch(() => refused++)
  }
  await last.close()
  receiver.close()
  return { promised: promised.length, lost, failed: rows, refused, left: left.length }
}

describe('a rotation of the secret in a rolling restart of two nodes', () => {
  it('loses no message and no code in its two steps: added last everywhere, then moved first', async () => {
    const seen = await rotate([[older], [older, newer], [newer, older]])
    expect(seen).toMatchObject({ lost: [], failed: [], refused: 0 })
    expect(seen.promised).toBeGreaterThanOrEqual(progress * 2 * 5)
  }, 120_000)

  it('loses no message even in one step, in which one node does not know the key of the other', async () => {
    const seen = await rotate([[older], [newer, older]])
    expect(seen).toMatchObject({ lost: [], failed: [], refused: 0 })
    expect(seen.promised).toBeGreaterThanOrEqual(progress * 2 * 3)
  }, 120_000)
})
