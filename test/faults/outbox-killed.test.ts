/** A promised message survives `kill -9` between commit and send, and between send and mark. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import type { Message } from '../../src/index.js'
import { postgres } from '../harness/engines.js'
import { useKit } from '../harness/kit.js'

const kit = useKit(postgres.open)
const script = fileURLToPath(new URL('../harness/processes/sender.mjs', import.meta.url))
const total = 500
const processes = 10

async function startReceiver() {
  const received: Message[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      received.push(JSON.parse(Buffer.concat(chunks).toString()) as Message)
      response.end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { received, server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

it('of 500 messages none is lost and none has a second secret', { timeout: 120_000 }, async () => {
  const { accounts, auth, clock, inbox, newEmail, url } = kit()
  const receiver = await startReceiver()
  const identities: string[] = []
  for (let index = 0; index < total; index++) {
    const imported = await accounts.importUser({ email: newEmail(), verified: true })
    identities.push(imported.identities[0]?.id as string)
  }

  const share = total / processes
  for (let index = 0; index < processes; index += 2) {
    const children = [index, index + 1].map((number) => {
      const own = identities.slice(number * share, (number + 1) * share)
      const when = number % 2 === 0 ? 'before' : 'after'
      const plan = { url, receiver: receiver.url, identities: own, killAt: 5 + number * 4, when }
      return spawn(process.execPath, [script, JSON.stringify(plan)], { stdio: 'inherit' })
    })
    const ends = await Promise.all(children.map((child) => once(child, 'exit')))
    expect(ends.map(([, signal]) => signal as string)).toEqual(['SIGKILL', 'SIGKILL'])
  }

  // What the killed processes did not come to ask for is asked for now.
  const text = 'select identity_id from latchkey.verifications'
  const asked = new Set((await auth.query(text)).rows.map((row) => row['identity_id']))
  expect(asked.size).toBeGreaterThan(0)
  for (const id of identities.filter((each) => !asked.has(each))) {
    await accounts.issueIdentityVerification({ id }, 'sign_in')
  }
  clock.advance('2m')
  const last = await inbox.all()
  receiver.server.close()
  receiver.server.closeAllConnections()

  const secrets = new Map<string, Set<string>>()
  for (const { to, token, code } of [...receiver.received, ...last]) {
    secrets.set(to.value, (secrets.get(to.value) ?? new Set()).add(`${token} ${code}`))
  }
  expect(secrets.size).toBe(total)
  expect([...secrets.values()].filter((each) => each.size !== 1)).toEqual([])
  expect(receiver.received.length).toBeGreaterThan(0)
  const { rows } = await auth.query(
    'select count(*)::integer as open from latchkey.outbox where delivered_at is null',
  )
  expect(rows[0]?.['open']).toBe(0)
})
