/**
 * Mail by SMTP, through nodemailer, over a few connections that are kept while there is mail and closed when idle.
 *
 * Invariants: (1) an address is one recipient, whatever stands in it; (2) the same message has the same Message-ID
 * however often it is sent; (3) no connection outlives a pause, so that the process can end.
 */

import { createRequire } from 'node:module'
import type * as Library from 'nodemailer'
import { hasHidden, isShortage, loadOnce } from '../base/index.js'
import type { Delivery, Message, Sender } from '../core/index.js'
import { permanentFault } from './fault.js'
import { renderMessage } from './messages/index.js'
import type { WordingOptions } from './messages/index.js'
import { createChecks } from './options.js'

/** A server by URL (`smtps://user:password@host:465`) or by its parts. */
export interface SmtpOptions extends WordingOptions {
  readonly url?: string | undefined
  readonly host?: string | undefined
  /** 465 with `secure`, else 587. */
  readonly port?: number | undefined
  /** TLS from the first byte. Without it STARTTLS is used where the server offers it. */
  readonly secure?: boolean | undefined
  /** Refuses to go on in plain text where the server offers no STARTTLS. */
  readonly requireTls?: boolean | undefined
  readonly auth?: { readonly user: string; readonly pass: string } | undefined
  /** Such as `Product <no-reply@product.example>`. */
  readonly from: string
  /** How long each step may take: connecting, the greeting, an answer; 10000 by default. */
  readonly timeoutMs?: number | undefined
}

const idleMs = 500
const longestDeliveryMs = 25_000

type Transport = ReturnType<typeof Library.createTransport>

/**
 * The library, or null where a bundle holds it. It is loaded before the first delivery: what Node could not read once,
 * for lack of a file descriptor, stays absent until the process ends.
 */
function requireLibrary(): typeof Library | null {
  try {
    return createRequire(import.meta.url)('nodemailer') as typeof Library
  } catch (error) {
    if (isShortage(error)) throw error
    return null
  }
}

/** A sender of mail. `close` ends its connections. @throws ConfigError with every fault of the options */
export function smtp(options: SmtpOptions): Sender & { close(): Promise<void> } {
  const { url, host, port, auth, timeoutMs = 10_000 } = options
  const from = readFrom(options.from)
  const checks = createChecks('smtp')
  checks.text('from', options.from)
  checks.must(from !== null, 'from must be an address, or a name and an address in angle brackets.')
  checks.must((url === undefined) !== (host === undefined), 'give either url or host.')
  if (url !== undefined) checks.url('url', url, ['smtp:', 'smtps:'])
  checks.optionalText('host', host)
  const goodPort = port === undefined || (Number.isInteger(port) && port > 0 && port < 65_536)
  checks.must(goodPort, 'port must be a whole number from 1 to 65535.')
  const goodAuth = auth === undefined || (typeof auth.user === 'string' && typeof auth.pass === 'string')
  checks.must(goodAuth, 'auth must have user and pass.')
  checks.optionalText('appName', options.appName)
  checks.http({ timeoutMs })
  checks.done()
  const library = requireLibrary()
  let opened: Transport | undefined
  let load = loadOnce(open)

  async function open(): Promise<Transport> {
    const nodemailer = library ?? (await import('nodemailer'))
    const parts = url === undefined ? readParts(options) : readUrl(url)
    return (opened = nodemailer.createTransport({
      ...parts,
      pool: true,
      idleTimeout: idleMs,
      // A kept connection that the server has closed meanwhile is replaced once; the rest is the worker's to retry.
      maxRequeues: 1,
      requireTLS: options.requireTls === true,
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      disableFileAccess: true,
      disableUrlAccess: true,
    }))
  }

  return {
    reaches: ['email'],
    async deliver(message: Message, delivery?: Delivery) {
      const { type, value } = message.to
      if (type !== 'email') throw permanentFault('smtp delivers to email addresses alone.')
      if (hasHidden(value) || /[<>\s]/.test(value))
        throw permanentFault('This address is not one that can be mailed to.')
      const sender = from as Mailbox
      const { subject, text, html } = renderMessage(message, options, delivery?.now ?? new Date())
      const transport = await load()
      // Objects are taken as they are; a text would be parsed as a list, and a comma would make two recipients.
      const to = { name: '', address: value }
      const limit = AbortSignal.timeout(longestDeliveryMs)
      const sending = transport.sendMail({
        from: sender,
        to,
        envelope: { from: sender, to },
        messageId: `<${message.id}@${sender.address.split('@')[1] as string}>`,
        subject,
        text,
        html,
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
        // A server that trickles its answers is never idle, and would hold a connection for ever.
        signal: delivery === undefined ? limit : AbortSignal.any([limit, delivery.signal]),
      })
      await sending.catch((fault: unknown) => {
        throw judge(fault)
      })
    },
    close() {
      opened?.close()
      opened = undefined
      load = loadOnce(open)
      return Promise.resolve()
    },
  }
}

// RFC 5321 §4.2.1: a reply of 5xx is final. One to `RCPT TO` or to the message is about this message; one to anything
// else, such as a wrong password, is about the account, and is mended by an operator while the message waits.
function judge(fault: unknown): unknown {
  if (!(fault instanceof Error)) return fault
  const { command, responseCode } = fault as { command?: unknown; responseCode?: unknown }
  const isRefusal = typeof responseCode === 'number' && responseCode >= 550 && responseCode < 600
  return Object.assign(fault, { permanent: isRefusal && (command === 'RCPT TO' || command === 'DATA') })
}

interface Mailbox {
  readonly name: string
  readonly address: string
}

/** `Name <address>`, `"Name" <address>` or an address. */
function readFrom(text: unknown): Mailbox | null {
  if (typeof text !== 'string' || hasHidden(text)) return null
  const bracketed = /^([^<>]*)<([^<>]+)>$/.exec(text.trim())
  const name = (bracketed?.[1] ?? '').trim().replace(/^"(.*)"$/, '$1')
  const address = (bracketed?.[2] ?? text).trim()
  return /^[^\s@<>,;"]+@[^\s@<>,;"]+$/.test(address) ? { name, address } : null
}

function readParts({ host, port, secure = false, auth }: SmtpOptions) {
  return {
    host: host as string,
    port: port ?? (secure ? 465 : 587),
    secure,
    ...(auth && { auth: { ...auth } }),
  }
}

function readUrl(text: string) {
  const { protocol, hostname, port, username, password } = new URL(text)
  const secure = protocol === 'smtps:'
  const auth = { user: decodeURIComponent(username), pass: decodeURIComponent(password) }
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (secure ? 465 : 587) : Number(port),
    secure,
    ...(username !== '' && { auth }),
  }
}
