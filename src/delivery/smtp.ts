/**
 * Email by SMTP, using nodemailer. A few connections stay open while there is mail and close when idle.
 *
 * Invariants: (1) an address is one recipient, whatever it contains; (2) a message has the same Message-ID
 * each time it is sent; (3) no connection stays open when there is nothing to send, so that the process can
 * exit.
 */

import { createRequire } from 'node:module'
import type * as Library from 'nodemailer'
import { hasHidden, isShortage, loadOnce } from '../base/index.js'
import type { Delivery, Message, Sender } from '../core/index.js'
import { permanentFault } from './fault.js'
import { renderMessage } from './messages/index.js'
import type { WordingOptions } from './messages/index.js'
import { createChecks } from './options.js'

/** An SMTP server, given by `url` (`smtps://user:password@host:465`) or by its parts. */
export interface SmtpOptions extends WordingOptions {
  /** The URL of the server. Give either this or `host`. */
  readonly url?: string | undefined
  /** The host name of the server. Give either this or `url`. */
  readonly host?: string | undefined
  /** The port of the server. @default 465 with `secure`, else 587 */
  readonly port?: number | undefined
  /** Use TLS from the first byte. Otherwise STARTTLS is used if the server offers it. @default false */
  readonly secure?: boolean | undefined
  /** Fail if the server does not offer STARTTLS, instead of sending in plain text. @default false */
  readonly requireTls?: boolean | undefined
  /** The credentials of the server, if it needs any. */
  readonly auth?: { readonly user: string; readonly pass: string } | undefined
  /** The From address, such as `Product <no-reply@product.example>`. */
  readonly from: string
  /** The time limit in milliseconds for each step: connecting, the greeting, each response. @default 10000 */
  readonly timeoutMs?: number | undefined
}

const idleMs = 500
const longestDeliveryMs = 25_000

type Transport = ReturnType<typeof Library.createTransport>

/**
 * Returns the library, or null if it is bundled. It is loaded before the first delivery because Node
 * remembers a failed load, for example for lack of a file descriptor, until the process ends.
 */
function requireLibrary(): typeof Library | null {
  try {
    return createRequire(import.meta.url)('nodemailer') as typeof Library
  } catch (error) {
    if (isShortage(error)) throw error
    return null
  }
}

/**
 * Sends email by SMTP. `close` ends its connections.
 * @example
 * ```ts
 * const sender = smtp({ url: process.env.SMTP_URL, from: 'Product <no-reply@product.example>' })
 * ```
 * @throws ConfigError with every problem of the options
 */
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
      // A pooled connection that the server has closed is replaced once; the worker makes all further
      // attempts.
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
      if (type !== 'email') throw permanentFault('smtp delivers only to email addresses.')
      if (hasHidden(value) || /[<>\s]/.test(value))
        throw permanentFault('This address is not a valid email address.')
      const sender = from as Mailbox
      const { subject, text, html } = renderMessage(message, options, delivery?.now ?? new Date())
      const transport = await load()
      // Objects are used as they are. A string would be parsed as a list, in which a comma makes two
      // recipients.
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
        // A server that sends its responses byte by byte is never idle and would hold a connection forever.
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

// RFC 5321 §4.2.1: a 5xx reply is final. A reply to `RCPT TO` or to the message concerns this message. Any
// other one, such as for a wrong password, concerns the account: an operator can fix it while the message
// waits.
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

/** Parses `Name <address>`, `"Name" <address>` or an address. */
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
