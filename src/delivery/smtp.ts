/**
 * Mail by SMTP, through nodemailer.
 *
 * Invariants: (1) an address is one recipient, whatever stands in it; (2) the same message has the same Message-ID
 * however often it is sent; (3) the library is loaded at the first delivery.
 */

import type { createTransport } from 'nodemailer'
import type { Message, Sender } from '../core/index.js'
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
  readonly auth?: { readonly user: string; readonly pass: string } | undefined
  /** Such as `Product <no-reply@product.example>`. */
  readonly from: string
}

const timeoutMs = 10_000

type Transport = ReturnType<typeof createTransport>

/** A sender of mail. `close` ends its connections. @throws ConfigError with every fault of the options */
export function smtp(options: SmtpOptions): Sender & { close(): Promise<void> } {
  const { url, host, from } = options
  const checks = createChecks('smtp')
  checks.text('from', from)
  checks.must((url === undefined) !== (host === undefined), 'give either url or host.')
  if (url !== undefined) checks.url('url', url, ['smtp:', 'smtps:'])
  checks.done()
  let loading: Promise<Transport> | undefined

  async function open(): Promise<Transport> {
    const nodemailer = await import('nodemailer')
    const parts = url === undefined ? readParts(options) : readUrl(url)
    return nodemailer.createTransport({
      ...parts,
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      disableFileAccess: true,
      disableUrlAccess: true,
    })
  }

  return {
    async deliver(message: Message) {
      if (message.to.type !== 'email') throw new Error('smtp delivers to email addresses alone.')
      const transport = await (loading ??= open())
      const { subject, text, html } = renderMessage(message, options, new Date())
      const domain = /@([A-Za-z0-9.-]+)/.exec(from)?.[1] ?? 'latchkey.invalid'
      await transport.sendMail({
        from,
        // The address as an object is not parsed again, so nothing in it adds a recipient.
        to: { name: '', address: message.to.value },
        envelope: { from: /<([^<>]+)>/.exec(from)?.[1] ?? from, to: message.to.value },
        messageId: `<${message.id}@${domain}>`,
        subject,
        text,
        html,
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
      })
    },
    async close() {
      ;(await loading)?.close()
    },
  }
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
