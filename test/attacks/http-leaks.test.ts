/** Leaks over HTTP: no secret that a flow minted stands in an answer, a log, an event or a dump of the database. */

import { inspect } from 'node:util'
import { Writable } from 'node:stream'
import pino from 'pino'
import { expect, it } from 'vitest'
import type { Logger, Message } from '../../src/index.js'
import { emailOtp, magicLink, password, smsOtp } from '../../src/strategies/index.js'
import type { Kit } from '../../src/testing/suite/case.js'
import { createKit, goodPassword, otherCode, otherPassword } from '../../src/testing/suite/case.js'
import { postgres } from '../harness/engines.js'
import type { Browser } from '../harness/http-client.js'
import { openBrowser, roomy } from '../harness/http-client.js'
import { createRecorder, dump, dumpWithTool, holds } from '../harness/leaks.js'

const wrongPassword = 'not the password of anybody'

/** A logger of pino that says everything. */
function createPino() {
  const lines: string[] = []
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString())
      done()
    },
  })
  return { lines, logger: pino({ level: 'trace' }, stream) as Logger }
}

/** A browser whose answers are kept as texts, without the cookies that are there to carry a secret. */
function openRecorded(kit: Kit, told: string[], minted: Set<string>): Browser {
  const fetch: Kit['auth']['fetch'] = async (request, peer) => {
    const response = await kit.auth.fetch(request, peer)
    const headers = [...response.headers].filter(([name]) => name !== 'set-cookie')
    told.push(inspect(headers), await response.clone().text())
    for (const line of response.headers.getSetCookie()) {
      const value = /^latchkey=([^;]+)/.exec(line)?.[1]
      if (value !== undefined) minted.add(value).add(Buffer.from(value, 'base64url').toString('hex'))
    }
    return response
  }
  return openBrowser({ fetch })
}

/** Every flow of one person, right and wrong. */
async function live(kit: Kit, open: () => Browser, round: number): Promise<void> {
  const [email, phone] = [`leaks-${round}@example.com`, `+35191000000${round}`]
  const read = async (to: string): Promise<Message> => kit.inbox.latest(to)
  const [here, there] = [open(), open()]
  await here.post('/sign-up', { email, password: goodPassword })
  const proof = await read(email)
  await there.post('/verification/callback', { token: proof.token })
  await here.post('/verification/callback', { email, code: otherCode(proof.code as string) })
  await here.get(`/verification/callback?token=${proof.token ?? ''}`)
  await here.post('/verification/callback')
  await here.post('/verification/callback', { token: proof.token })
  await here.post('/password/request', { email, password: wrongPassword })
  await here.post('/password/request', { email, password: goodPassword })
  await here.get('/sessions')
  await here.patch('/user', { name: 'Ada', metadata: { a: 1 } })
  await here.put('/password', { currentPassword: wrongPassword, password: otherPassword })
  await here.put('/password', { currentPassword: goodPassword, password: 'short' })
  await there.post('/magic-link/request', { email })
  const link = await read(email)
  await here.get(`/magic-link/callback?token=${link.token ?? ''}`)
  await here.post('/magic-link/callback')
  const { number } = (await there.get('/magic-link/wait')).json
  await here.post('/magic-link/approve', { token: link.token, number: String(number) })
  await there.post('/magic-link/wait')
  await there.post('/email-otp/request', { email })
  const code = await read(email)
  await there.post('/recovery/callback', { email, code: code.code, password: otherPassword })
  await there.post('/email-otp/callback', { email, code: code.code })
  await there.post('/sms-otp/request', { phone })
  const text = await read(phone)
  await there.post('/sms-otp/callback', { phone, code: otherCode(text.code as string) })
  await there.post('/sms-otp/callback', { phone, code: text.code })
  await here.post('/recovery/request', { email })
  const recovery = await read(email)
  await here.post('/recovery/callback', { token: recovery.token, password: email })
  await here.post('/recovery/callback', { token: recovery.token, password: otherPassword })
  await here.post('/password/request', { email, password: otherPassword })
  await here.post('/sign-up', { email: `"${recovery.token ?? ''}`, password: goodPassword })
  await here.request('POST', '/magic-link/callback', { body: `{"token":"${link.token ?? ''}"` })
  // Still pending when the dump is made.
  await here.post('/magic-link/request', { email })
  await read(email)
}

it.each([
  { name: 'pino', create: createPino },
  { name: 'a logger of the host', create: createRecorder },
])('nothing that opens anything is told or at rest, with $name', async ({ create }) => {
  const { lines, logger } = create()
  const minted = new Set([goodPassword, otherPassword, wrongPassword])
  const messages: Message[] = []
  let deliveries = 0
  const opened = await postgres.open({
    ...roomy,
    logger,
    strategies: [password(), magicLink(), emailOtp(), smsOtp()],
    sender: {
      reaches: ['email', 'phone'],
      deliver(message) {
        for (const secret of [message.token, message.code, message.link])
          if (secret !== undefined) minted.add(secret)
        deliveries++
        const failure = new Error(`no ${message.link ?? ''} ${message.token ?? ''} ${message.code ?? ''}`)
        if (deliveries % 4 === 1) return Promise.reject(failure)
        messages.push(message)
        return Promise.resolve()
      },
    },
  })
  const to = (value: string): Message[] => messages.filter((message) => message.to.value === value)
  const drain = async (): Promise<void> => {
    await opened.auth.outbox.drain()
    opened.clock.advance('10s')
    await opened.auth.outbox.drain()
  }
  const inbox = {
    all: () => Promise.resolve(messages),
    to: (value: string) => Promise.resolve(to(value)),
    async latest(value = '') {
      await drain()
      return to(value).at(-1) as Message
    },
    clear: () => Promise.resolve(),
  }
  const kit = createKit({ ...opened, inbox }, 'leaks')
  const [answers, events]: [string[], string[]] = [[], []]
  kit.auth.on('*', (event) => void events.push(inspect(event, { depth: 9 })))

  for (let round = 0; round < 3; round++) await live(kit, () => openRecorded(kit, answers, minted), round)

  const everywhere = {
    answers: answers.join('\n'),
    events: events.join('\n'),
    logs: lines.join('\n'),
    database: await dump((text) => kit.auth.query(text)),
    pgDump: dumpWithTool(opened.url as string),
  }
  await kit.auth.close()
  expect(minted.size).toBeGreaterThan(60)
  expect([answers.length, events.length, lines.length].map((count) => count > 40)).toEqual([true, true, true])
  for (const [place, text] of Object.entries(everywhere))
    expect(
      [...minted].filter((secret) => holds(text, secret)),
      place,
    ).toEqual([])
})
