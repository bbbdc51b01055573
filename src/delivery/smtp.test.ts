/**
 * SMTP against a mail server in this process: recipients, headers, pooled connections, and servers that
 * misbehave.
 */

import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { SMTPServer } from 'smtp-server'
import type { SMTPServerOptions } from 'smtp-server'
import { afterEach, expect, it } from 'vitest'
import type { Message } from '../core/index.js'
import type { ConfigError } from '../base/index.js'
import { smtp } from './smtp.js'
import type { SmtpOptions } from './smtp.js'

const mail: Message = {
  id: '0a1b2c3d-0000-4000-8000-000000000001',
  event: 'sign_in',
  to: { type: 'email', value: 'ada@example.com' },
  user: { id: 'u', name: null },
  link: 'https://app.example/auth/magic-link/callback?token=tokentokentoken',
  token: 'tokentokentoken',
  code: '424242',
  expiresAt: new Date(new Date().getTime() + 600_000),
}
const from = 'Product, Inc. <no-reply@product.example>'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function startMailServer(options: SMTPServerOptions = {}) {
  const received: { readonly to: string[]; readonly source: string }[] = []
  let connections = 0
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    closeTimeout: 50,
    onConnect(_, done) {
      connections++
      done()
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const to = session.envelope.rcptTo.map(({ address }) => address)
        received.push({ to, source: Buffer.concat(chunks).toString() })
        done()
      })
    },
    ...options,
  })
  server.on('error', () => undefined)
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  closers.push(() => new Promise<void>((resolve) => server.close(resolve)))
  return {
    received,
    connections: () => connections,
    open: () => new Promise<number>((resolve) => server.server.getConnections((_, count) => resolve(count))),
    port: (server.server.address() as AddressInfo).port,
  }
}

/** A server that sends what `talk` writes, which may be nothing. */
async function startRawServer(talk: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined))
    talk(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

function open(port: number, options: Partial<SmtpOptions> = {}) {
  const sender = smtp({ host: '127.0.0.1', port, from, ...options })
  closers.push(() => sender.close())
  return sender
}

/** The header lines of a source, unfolded. */
function headersOf(source: string): string[] {
  return (source.split('\r\n\r\n')[0] as string).replace(/\r\n[ \t]+/g, ' ').split('\r\n')
}

/** Decodes the encoded words of a header (RFC 2047). */
function decodeWords(header: string): string {
  const words = [...header.matchAll(/=\?UTF-8\?([BQ])\?([^?]*)\?=/gi)]
  const bytes = words.map(([, way, text = '']) =>
    way?.toUpperCase() === 'B'
      ? Buffer.from(text, 'base64')
      : Buffer.from(
          text
            .replaceAll('_', ' ')
            .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
          'latin1',
        ),
  )
  return Buffer.concat(bytes).toString()
}

const faultOf = (work: Promise<void>): Promise<string> =>
  work.then(
    () => 'delivered',
    (error: unknown) => String(error),
  )

it.each([
  'a@x.example, b@y.example',
  'a@x.example;b@y.example',
  'Eve <e@v.example>',
  'a@x.example>\r\nRCPT TO:<e@v.example',
  'a@x.example\u0000',
  'group: a@x.example;',
])('never mails to anybody but the address itself: %j', async (value) => {
  const { received, port } = await startMailServer()
  expect(await faultOf(open(port).deliver({ ...mail, to: { type: 'email', value } }))).not.toBe('delivered')
  expect(received).toEqual([])
})

it('mails to odd addresses as they are', async () => {
  const { received, port } = await startMailServer()
  const sender = open(port)
  for (const value of ["o'brien+tag@example.com", '"a,b"@example.com']) {
    await sender.deliver({ ...mail, to: { type: 'email', value } })
  }
  expect(received.map(({ to }) => to)).toEqual([["o'brien+tag@example.com"], ['"a,b"@example.com']])
})

it('adds no header for what stands in a wording, and quotes the name of the sender', async () => {
  const { received, port } = await startMailServer()
  const texts = { en: { events: { sign_in: { subject: 'Hello\r\nBcc: eve@v.example\r\n\r\nbody' } } } }
  await open(port, { texts }).deliver(mail)
  const headers = headersOf(received[0]?.source ?? '')
  expect(received[0]?.to).toEqual(['ada@example.com'])
  expect(headers.filter((line) => /^bcc/i.test(line))).toEqual([])
  expect(headers.filter((line) => /^from/i.test(line))).toEqual([
    'From: "Product, Inc." <no-reply@product.example>',
  ])
})

it('says in several languages what can be read back, under one id for every try', async () => {
  const { received, port } = await startMailServer()
  const sender = open(port)
  await sender.deliver({ ...mail, locale: 'ja' })
  await sender.deliver({ ...mail, locale: 'ja' })
  const [first, second] = received.map(({ source }) => headersOf(source)) as [string[], string[]]
  const ids = [first, second].map((lines) => lines.find((line) => line.startsWith('Message-ID:')))
  expect(ids[0]).toBe(`Message-ID: <${mail.id}@product.example>`)
  expect(ids[1]).toBe(ids[0])
  expect(decodeWords(first.find((line) => line.startsWith('Subject:')) ?? '')).toContain('ログイン')
})

it('keeps one connection for mail in a row, and lets go of it when idle', async () => {
  const { connections, open: openConnections, port } = await startMailServer()
  const sender = open(port)
  await sender.deliver(mail)
  await sender.deliver(mail)
  expect(connections()).toBe(1)
  await expect.poll(openConnections, { timeout: 5_000 }).toBe(0)
  await sender.deliver(mail)
  expect(connections()).toBe(2)
})

it('can be closed before, after and in between, and opens again', async () => {
  const { received, port } = await startMailServer()
  const sender = open(port)
  await sender.close()
  await sender.deliver(mail)
  await sender.close()
  await sender.close()
  await sender.deliver(mail)
  expect(received).toHaveLength(2)
})

it('is refused with wrong credentials, and tells neither of them', async () => {
  const { port } = await startMailServer({
    authOptional: false,
    onAuth: (_, __, done) => done(new Error('no such account')),
  })
  const fault = await faultOf(open(port, { auth: { user: 'ada', pass: 'very-hidden' } }).deliver(mail))
  expect(fault).toContain('Invalid login')
  expect(fault).not.toContain('very-hidden')
})

it('does not go on in plain text where TLS is required', async () => {
  const { received, port } = await startMailServer()
  expect(await faultOf(open(port, { requireTls: true }).deliver(mail))).not.toBe('delivered')
  expect(received).toEqual([])
})

it.each<[string, (socket: Socket) => void]>([
  ['says nothing', () => undefined],
  ['hangs up', (socket) => void socket.destroy()],
  ['greets and then says nothing', (socket) => void socket.write('220 mail.example ESMTP\r\n')],
  ['speaks another language', (socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
])('fails soon with a server that %s', async (_, talk) => {
  const port = await startRawServer(talk)
  expect(await faultOf(open(port, { timeoutMs: 100 }).deliver(mail))).toMatch(/^Error/)
})

it('delivers to others after a refusal, over the same sender', async () => {
  const { received, port } = await startMailServer({
    onRcptTo: ({ address }, _, done) =>
      done(address.startsWith('gone') ? Object.assign(new Error('gone'), { responseCode: 550 }) : null),
  })
  const sender = open(port)
  expect(
    await faultOf(sender.deliver({ ...mail, to: { type: 'email', value: 'gone@example.com' } })),
  ).toContain('550')
  await sender.deliver(mail)
  expect(received).toHaveLength(1)
})

it('tells all faults of its options together', () => {
  const faultsOf = (options: object): readonly string[] => {
    try {
      smtp(options as SmtpOptions)
    } catch (error) {
      return (error as ConfigError).faults
    }
    return []
  }
  expect(
    faultsOf({ from: 'nobody', url: 'http://x', host: 'h', port: 0, auth: {}, timeoutMs: -1 }),
  ).toHaveLength(6)
  for (const bad of ['a@b, c@d', 'Name <a@b', '<a@b>\u0000', 'a b@c']) {
    expect(faultsOf({ from: bad, host: 'h' })).toEqual([expect.stringContaining('from must be')])
  }
  for (const good of ['a@b.example', 'Name <a@b.example>', '"Name" <a@b.example>', '<a@b.example>']) {
    expect(faultsOf({ from: good, host: 'h' })).toEqual([])
  }
})
