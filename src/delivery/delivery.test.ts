/**
 * The senders against real servers on loopback: SMTP with a mail server, the others with recorded contracts.
 */

import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ConfigError } from '../base/index.js'
import type { Message, Sender } from '../core/index.js'
import { consoleSender } from './console.js'
import { route } from './route.js'
import { sms } from './sms.js'
import { smtp } from './smtp.js'
import type { ReceivedWebhook } from './webhook.js'
import { verifyWebhook, webhook } from './webhook.js'
import { whatsapp } from './whatsapp.js'

const mail: Message = {
  id: '0a1b2c3d-0000-4000-8000-000000000001',
  event: 'sign_in',
  to: { type: 'email', value: 'ada@example.com' },
  user: { id: 'u', name: 'Mallory <b>' },
  link: 'https://app.example/auth/magic-link/callback?token=tokentokentoken',
  token: 'tokentokentoken',
  code: '424242',
  expiresAt: new Date(new Date().getTime() + 600_000),
}
const text: Message = {
  id: mail.id,
  event: 'sign_in',
  to: { type: 'phone', value: '+351912345678' },
  user: mail.user,
  code: '424242',
}

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

interface Received {
  readonly from: string
  readonly to: readonly string[]
  readonly source: string
}

async function startMailServer(reject = false) {
  const received: Received[] = []
  const server = new SMTPServer({
    authMethods: ['PLAIN', 'LOGIN'],
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onAuth: ({ username, password }, _, done) => {
      if (username === 'ada' && password === 'p@ss') done(null, { user: 'ada' })
      else done(new Error('wrong'))
    },
    onRcptTo: (_, __, done) => done(reject ? new Error(`550 no such user, code ${text.code}`) : null),
    onData: (stream, session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope
        received.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          source: Buffer.concat(chunks).toString(),
        })
        done()
      })
    },
  })
  server.on('error', () => undefined)
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  closers.push(() => new Promise<void>((resolve) => server.close(resolve)))
  return { received, port: (server.server.address() as AddressInfo).port }
}

interface Call {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

async function startStub(status: number, answer: string) {
  const calls: Call[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const headers = request.headers as Record<string, string>
      calls.push({
        method: request.method ?? '',
        path: request.url ?? '',
        headers,
        body: Buffer.concat(chunks).toString(),
      })
      if (status === 0) return
      response.writeHead(status, { 'content-type': 'application/json' }).end(answer)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => {
    server.close()
    server.closeAllConnections()
  })
  return { calls, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

async function faultOf(sender: Sender, message: Message): Promise<string> {
  return sender.deliver(message).then(
    () => 'delivered',
    (error: unknown) => String(error),
  )
}

describe('smtp', () => {
  it('sends text and HTML to one recipient, under an id that stays the same', async () => {
    const { received, port } = await startMailServer()
    const sender = smtp({
      host: '127.0.0.1',
      port,
      from: 'Product <no-reply@product.example>',
      appName: 'Product',
    })
    closers.push(() => sender.close())
    await sender.deliver(mail)
    await sender.deliver({ ...mail, to: { type: 'email', value: "o'brien@example.com" } })
    const [first, second] = received as [Received, Received]
    expect([first.from, first.to, second.to]).toEqual([
      'no-reply@product.example',
      ['ada@example.com'],
      ["o'brien@example.com"],
    ])
    expect(first.source).toContain(`Message-ID: <${mail.id}@product.example>`)
    expect(first.source).toContain('Subject: Sign in to Product')
    expect(first.source).toContain('Auto-Submitted: auto-generated')
    expect(first.source).toContain('Content-Type: text/plain')
    expect(first.source).toContain('Content-Type: text/html')
    // Without the soft line breaks of quoted-printable (RFC 2045 §6.7).
    expect(first.source.replace(/=\r?\n/g, '').match(/424242/g)).toHaveLength(2)
    expect(first.source).not.toContain('Mallory')
  })

  it('signs in by URL, and adds no recipient for what stands in an address', async () => {
    const { received, port } = await startMailServer()
    const sender = smtp({ url: `smtp://ada:p%40ss@127.0.0.1:${port}`, from: 'no-reply@product.example' })
    closers.push(() => sender.close())
    await sender.deliver({ ...mail, to: { type: 'email', value: 'a,b@example.com' } })
    expect(received.flatMap(({ to }) => to)).toHaveLength(1)
    expect(await faultOf(sender, text)).toContain('only to email addresses')
  })

  it('fails when the server refuses, and when there is none', async () => {
    const { received, port } = await startMailServer(true)
    const refused = smtp({ host: '127.0.0.1', port, from: 'no-reply@product.example' })
    closers.push(() => refused.close())
    expect(await faultOf(refused, mail)).toContain('550')
    const absent = smtp({ host: '127.0.0.1', port: 1, from: 'no-reply@product.example' })
    expect(await faultOf(absent, mail)).toContain('ECONNREFUSED')
    expect(received).toEqual([])
  })

  it('tells every fault of its options', () => {
    expect(() => smtp({ from: '' })).toThrow(ConfigError)
    expect(() => smtp({ from: 'a@b.example\r\nBcc: x', host: 'h' })).toThrow(/one line/)
    expect(() => smtp({ from: 'a@b.example', url: 'http://x' })).toThrow(/smtp/)
  })
})

describe('sms', () => {
  const options = { accountSid: 'AC1', authToken: 'hidden', from: '+15005550006' }

  it('posts a form to the account, with its credentials', async () => {
    const { calls, url } = await startStub(201, '{"sid":"SM1","status":"queued"}')
    await sms({ ...options, baseUrl: url, appName: 'Product' }).deliver(text)
    const [call] = calls as [Call]
    expect([call.method, call.path]).toEqual(['POST', '/2010-04-01/Accounts/AC1/Messages.json'])
    expect(call.headers['authorization']).toBe(`Basic ${Buffer.from('AC1:hidden').toString('base64')}`)
    expect(call.headers['content-type']).toBe('application/x-www-form-urlencoded')
    expect(Object.fromEntries(new URLSearchParams(call.body))).toEqual({
      To: '+351912345678',
      From: '+15005550006',
      Body: '424242 is your Product code. Do not share it.',
    })
  })

  it('tells status and code of a refusal, and nothing that was sent', async () => {
    const { url } = await startStub(
      400,
      '{"code":21211,"message":"The number +351912345678 and 424242 are invalid"}',
    )
    const fault = await faultOf(sms({ ...options, baseUrl: url }), text)
    expect(fault).toBe('ProviderError: Twilio answered with status 400 (21211)')
  })

  it('fails for garbage with a bad status, and for silence', async () => {
    const garbage = await startStub(502, '<html>')
    expect(await faultOf(sms({ ...options, baseUrl: garbage.url }), text)).toContain('status 502')
    const silent = await startStub(0, '')
    expect(await faultOf(sms({ ...options, baseUrl: silent.url, timeoutMs: 50 }), text)).toContain('Timeout')
    expect(await faultOf(sms(options), mail)).toContain('only to phone numbers')
    expect(() => sms({ accountSid: '', authToken: '', baseUrl: 'x' })).toThrow(ConfigError)
  })
})

describe('whatsapp', () => {
  const options = { accessToken: 'hidden', phoneNumberId: '1055', template: 'sign_in_code' }

  it('posts an authentication template with the code in body and button', async () => {
    const { calls, url } = await startStub(200, '{"messages":[{"id":"wamid.1"}]}')
    await whatsapp({ ...options, baseUrl: url, apiVersion: 'v23.0' }).deliver({ ...text, locale: 'pt-PT' })
    const [call] = calls as [Call]
    expect([call.method, call.path, call.headers['authorization']]).toEqual([
      'POST',
      '/v23.0/1055/messages',
      'Bearer hidden',
    ])
    const parameters = [{ type: 'text', text: '424242' }]
    expect(JSON.parse(call.body)).toEqual({
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      to: '351912345678',
      type: 'template',
      template: {
        name: 'sign_in_code',
        language: { code: 'pt_PT' },
        components: [
          { type: 'body', parameters },
          { type: 'button', sub_type: 'url', index: '0', parameters },
        ],
      },
    })
  })

  it('fails for a refusal, for a notice, and for an email', async () => {
    const { url } = await startStub(401, '{"error":{"code":190,"message":"hidden"}}')
    expect(await faultOf(whatsapp({ ...options, baseUrl: url }), text)).toBe(
      'ProviderError: WhatsApp answered with status 401 (190)',
    )
    const { id, to, user } = text
    expect(await faultOf(whatsapp(options), { id, to, user, event: 'password_changed' })).toContain(
      'only codes',
    )
    expect(await faultOf(whatsapp(options), mail)).toContain('only to phone numbers')
    expect(() => whatsapp({ ...options, accessToken: '' })).toThrow(ConfigError)
  })
})

describe('webhook', () => {
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
  const other = `whsec_${Buffer.alloc(32, 8).toString('base64')}`

  it('posts the message as JSON, and the receiver can tell who sent it', async () => {
    const { calls, url } = await startStub(204, '')
    await webhook({ url, secret: [secret, other] }).deliver(mail)
    const [{ headers, body }] = calls as [Call]
    expect((JSON.parse(body) as Message).token).toBe(mail.token)
    const received = { headers: headers as unknown as ReceivedWebhook['headers'], body }
    const now = new Date()
    expect([verifyWebhook(received, secret, now), verifyWebhook(received, [other], now)]).toEqual([
      true,
      true,
    ])
    const stranger = `whsec_${Buffer.alloc(32, 9).toString('base64')}`
    expect(verifyWebhook(received, stranger, now)).toBe(false)
    expect(verifyWebhook({ ...received, body: `${body} ` }, secret, now)).toBe(false)
    expect(verifyWebhook(received, secret, new Date(now.getTime() + 301_000))).toBe(false)
    expect(
      verifyWebhook({ ...received, headers: { ...received.headers, 'webhook-timestamp': 'x' } }, secret, now),
    ).toBe(false)
  })

  it('matches the published example of the scheme', () => {
    const received = {
      headers: {
        'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
        'webhook-timestamp': '1614265330',
        'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
      },
      body: '{"test": 2432232314}',
    }
    const now = new Date(1_614_265_330_000)
    expect(verifyWebhook(received, 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', now)).toBe(true)
  })

  it('fails for a refusal, and refuses weak secrets', async () => {
    const { url } = await startStub(410, '')
    expect(await faultOf(webhook({ url, secret }), mail)).toBe(
      'ProviderError: The webhook answered with status 410',
    )
    expect(() => webhook({ url, secret: 'whsec_c2hvcnQ=' })).toThrow(ConfigError)
    expect(() => webhook({ url, secret: [] })).toThrow(ConfigError)
  })
})

describe('console and route', () => {
  it('writes a line in development, and does not exist in production', async () => {
    const lines: string[] = []
    const sender = consoleSender((line) => lines.push(line))
    await sender.deliver(mail)
    await sender.deliver({ ...text, event: 'password_changed', code: '' })
    expect(lines[0]).toContain('424242')
    expect(lines[1]).toContain('a notice')
    vi.stubEnv('NODE_ENV', 'production')
    expect(() => consoleSender()).toThrow(ConfigError)
    vi.unstubAllEnvs()
  })

  it('hands each message to the sender of its kind', async () => {
    const seen: string[] = []
    const note = (name: string): Sender => ({
      deliver: () => {
        seen.push(name)
        return Promise.resolve()
      },
    })
    const sender = route({ email: note('email'), phone: note('phone') })
    await sender.deliver(mail)
    await sender.deliver(text)
    expect(seen).toEqual(['email', 'phone'])
    expect(await faultOf(route({ email: note('email') }), text)).toContain('no sender for phone')
    expect(() => route({})).toThrow(ConfigError)
  })
})

describe('a refusal', () => {
  const isFinal = (sender: Sender, message: Message): Promise<unknown> =>
    sender.deliver(message).then(
      () => 'delivered',
      (fault: unknown) => (fault as { permanent?: boolean }).permanent === true,
    )
  const account = { accountSid: 'AC1', authToken: 'hidden', from: '+15005550006' }
  const cloud = { accessToken: 'hidden', phoneNumberId: '1055', template: 'sign_in_code' }
  const key = `whsec_${Buffer.alloc(24, 1).toString('base64')}`

  it.each([
    [400, '{"code":21211}', true],
    [400, '{"code":21614}', true],
    // Errors about the account or our number, which an operator fixes, or temporary ones.
    [400, '{"code":21606}', false],
    [400, '', false],
    [401, '{"code":20003}', false],
    [429, '{"code":20429}', false],
    [500, '{"code":21211}', false],
  ])('of Twilio is final where it is about the number (%d %s)', async (status, body, final) => {
    const { url } = await startStub(status, body)
    expect(await isFinal(sms({ ...account, baseUrl: url }), text)).toBe(final)
  })

  it.each([
    [400, '{"error":{"code":131026}}', true],
    [400, '{"error":{"code":132001}}', false],
    [401, '{"error":{"code":190}}', false],
  ])('of WhatsApp is final where it is about the number (%d %s)', async (status, body, final) => {
    const { url } = await startStub(status, body)
    expect(await isFinal(whatsapp({ ...cloud, baseUrl: url }), text)).toBe(final)
  })

  it.each([
    [410, true],
    [422, true],
    [400, false],
    [404, false],
    [503, false],
  ])('of a webhook is final where the receiver says so (%d)', async (status, final) => {
    const { url } = await startStub(status, '')
    expect(await isFinal(webhook({ url, secret: key }), mail)).toBe(final)
  })

  it('of a mail server is final where it is about the recipient, and not about the account', async () => {
    const { port } = await startMailServer(true)
    const from = 'no-reply@product.example'
    const unknown = smtp({ host: '127.0.0.1', port, from })
    const wrong = smtp({ host: '127.0.0.1', port, from, auth: { user: 'ada', pass: 'wrong' } })
    const absent = smtp({ host: '127.0.0.1', port: 1, from })
    closers.push(
      () => unknown.close(),
      () => wrong.close(),
      () => absent.close(),
    )
    expect([await isFinal(unknown, mail), await isFinal(wrong, mail), await isFinal(absent, mail)]).toEqual([
      true,
      false,
      false,
    ])
  })

  it('of a channel that is not there is final', async () => {
    const texts = sms({ ...account, baseUrl: 'http://127.0.0.1:1' })
    expect(await isFinal(route({ phone: texts }), mail)).toBe(true)
    expect(await isFinal(route({ phone: texts }), text)).toBe(false)
    expect(await isFinal(whatsapp(cloud), { ...text, code: undefined } as unknown as Message)).toBe(true)
  })
})
