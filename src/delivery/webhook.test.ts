/** The receiver of a signed webhook. */

import { createHmac } from 'node:crypto'
import { expect, it } from 'vitest'
import { verifyWebhook } from './webhook.js'
import type { ReceivedWebhook } from './webhook.js'

const key = Buffer.alloc(32, 7)
const secret = `whsec_${key.toString('base64')}`
const now = new Date('2026-01-01T00:00:00Z')
const seconds = now.getTime() / 1000

function signed(
  changes: Partial<ReceivedWebhook['headers']> = {},
  timestamp = String(seconds),
): ReceivedWebhook {
  const body = '{"a":1}'
  const signature = createHmac('sha256', key).update(`id.${timestamp}.${body}`).digest('base64')
  const headers = {
    'webhook-id': 'id',
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  }
  return { headers: { ...headers, ...changes }, body }
}

it('takes one within five minutes to either side, and none beyond', () => {
  for (const [offset, good] of [
    [-301, false],
    [-300, true],
    [300, true],
    [301, false],
  ] as const) {
    expect(verifyWebhook(signed({}, String(seconds + offset)), secret, now)).toBe(good)
  }
})

it.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'] as const)(
  'takes none without %s',
  (name) => {
    expect(verifyWebhook(signed({ [name]: undefined }), secret, now)).toBe(false)
  },
)

it('takes one good signature among others, and no other scheme', () => {
  const good = signed().headers['webhook-signature'] as string
  expect(verifyWebhook(signed({ 'webhook-signature': `v1,AAAA v1a,xx ${good}` }), secret, now)).toBe(true)
  for (const bad of ['', 'v1,', good.replace('v1,', 'v1a,'), good.replace('v1,', ''), good.slice(0, -4)]) {
    expect(verifyWebhook(signed({ 'webhook-signature': bad }), secret, now)).toBe(false)
  }
})

it.each(['', ' ', 'NaN', '1e9', '-1', `${seconds}.5`, `${seconds} `])(
  'takes no timestamp such as %j',
  (text) => {
    expect(verifyWebhook(signed({}, text), secret, now)).toBe(false)
  },
)

it('takes a changed id for a forgery, and a weak or malformed secret for none', () => {
  expect(verifyWebhook(signed({ 'webhook-id': 'other' }), secret, now)).toBe(false)
  expect(verifyWebhook(signed(), ['whsec_', 'whsec_AAAA', ''], now)).toBe(false)
  expect(verifyWebhook(signed(), ['whsec_', secret], now)).toBe(true)
})
