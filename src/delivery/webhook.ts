/**
 * A webhook signed by the Standard Webhooks scheme (version 1, symmetric): HMAC-SHA-256 over id, timestamp
 * and body.
 *
 * Invariant: the receiver can verify who sent it, that nothing was changed, and that it is recent.
 */

import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Sender } from '../core/index.js'
import { post } from './http-request.js'
import type { HttpOptions } from './http-request.js'
import { createChecks } from './options.js'

/** The URL of the webhook and the secrets that sign it. */
export interface WebhookOptions extends HttpOptions {
  /** Where messages are posted. */
  readonly url: string
  /**
   * `whsec_` and the base64 of 24 to 64 bytes. If there are several, each signs, so that a receiver can
   * change to a new one.
   */
  readonly secret: string | readonly string[]
}

const secretForm = /^whsec_([A-Za-z0-9+/]+={0,2})$/
const toleranceSeconds = 300
// With these statuses a receiver says that it will never accept this message.
const finalStatuses = new Set([410, 422])

function readSecrets(secret: string | readonly string[]): Buffer[] {
  const secrets = typeof secret === 'string' ? [secret] : secret
  return secrets.map((each) => Buffer.from(secretForm.exec(each)?.[1] ?? '', 'base64'))
}

function isKey(key: Buffer): boolean {
  return key.length >= 24 && key.length <= 64
}

function sign(key: Buffer, signed: { id: string; timestamp: string; body: string }): Buffer {
  return createHmac('sha256', key).update(`${signed.id}.${signed.timestamp}.${signed.body}`).digest()
}

/**
 * Posts each message as signed JSON to your own service.
 * @example
 * ```ts
 * const sender = webhook({ url: 'https://mail.internal/hook', secret: process.env.WEBHOOK_SECRET })
 * ```
 * @throws ConfigError with every problem of the options
 */
export function webhook(options: WebhookOptions): Sender {
  const { url, secret } = options
  const keys = readSecrets(secret)
  const checks = createChecks('webhook')
  checks.url('url', url, ['https:', 'http:'])
  checks.must(
    keys.length > 0 && keys.every(isKey),
    'secret must be whsec_ and the base64 of 24 to 64 random bytes.',
  )
  checks.http(options)
  checks.done()

  return {
    reaches: ['email', 'phone'],
    async deliver(message, delivery) {
      const body = JSON.stringify(message)
      const timestamp = String(Math.floor(new Date().getTime() / 1000))
      const signatures = keys.map(
        (key) => `v1,${sign(key, { id: message.id, timestamp, body }).toString('base64')}`,
      )
      const headers = {
        'Content-Type': 'application/json',
        'webhook-id': message.id,
        'webhook-timestamp': timestamp,
        'webhook-signature': signatures.join(' '),
      }
      const isFinal = (status: number): boolean => finalStatuses.has(status)
      await post({ provider: 'The webhook', url, headers, body, isFinal, signal: delivery?.signal }, options)
    },
  }
}

/** A received request, with the raw body before any parsing. */
export interface ReceivedWebhook {
  readonly headers: {
    readonly 'webhook-id'?: string | undefined
    readonly 'webhook-timestamp'?: string | undefined
    readonly 'webhook-signature'?: string | undefined
  }
  readonly body: string
}

/**
 * Whether one of the secrets signed this request, at most five minutes from `now`.
 * @example
 * ```ts
 * if (!verifyWebhook({ headers, body }, process.env.WEBHOOK_SECRET, new Date())) return reply(401)
 * ```
 */
export function verifyWebhook(
  received: ReceivedWebhook,
  secret: string | readonly string[],
  now: Date,
): boolean {
  const { headers, body } = received
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = headers
  if (id === undefined || timestamp === undefined || signatures === undefined) return false
  const age = Math.abs(now.getTime() / 1000 - Number(timestamp))
  if (!/^[0-9]{1,12}$/.test(timestamp) || age > toleranceSeconds) return false
  const given = signatures
    .split(' ')
    .filter((each) => each.startsWith('v1,'))
    .map((each) => Buffer.from(each.slice(3), 'base64'))
  return readSecrets(secret)
    .filter(isKey)
    .some((key) => {
      const expected = sign(key, { id, timestamp, body })
      return given.some((each) => each.length === expected.length && timingSafeEqual(each, expected))
    })
}
