/** The options of senders: all problems are reported together, and correct options have none. */

import { expect, it } from 'vitest'
import { ConfigError } from '../base/index.js'
import { createInbox } from './inbox.js'
import { route } from './route.js'
import { sms } from './sms.js'
import { webhook } from './webhook.js'
import type { WebhookOptions } from './webhook.js'
import { whatsapp } from './whatsapp.js'

function faultsOf(make: () => unknown): readonly string[] {
  try {
    make()
  } catch (error) {
    if (error instanceof ConfigError) return error.faults
    throw error
  }
  return []
}

const bad = { timeoutMs: 0, fetch: 'fetch' } as unknown as { timeoutMs: number; fetch: typeof fetch }
const secret = `whsec_${Buffer.alloc(24, 1).toString('base64')}`

it('sms names each', () => {
  const wrong = {
    accountSid: '',
    authToken: 'a\r\nb',
    from: '',
    messagingServiceSid: ' ',
    appName: '\n',
    ...bad,
  }
  expect(faultsOf(() => sms({ ...wrong, baseUrl: 'ftp://x' }))).toHaveLength(9)
  expect(faultsOf(() => sms({ accountSid: 'AC1', authToken: 'x', messagingServiceSid: 'MG1' }))).toEqual([])
})

it('whatsapp names each', () => {
  const wrong = { accessToken: '', phoneNumberId: '', template: '', language: '', languages: [''], ...bad }
  expect(faultsOf(() => whatsapp({ ...wrong, apiVersion: '../v1', baseUrl: 'x' }))).toHaveLength(9)
  const right = { accessToken: 'x', phoneNumberId: '1', template: 't' }
  expect(faultsOf(() => whatsapp({ ...right, languages: ['en_US', 'de'] }))).toEqual([])
})

it('webhook names each', () => {
  expect(faultsOf(() => webhook({ url: 'x', secret: 'hunter2', ...bad }))).toHaveLength(4)
  for (const each of [[], [secret, 'whsec_AAAA'], `whsec_${Buffer.alloc(65).toString('base64')}`]) {
    expect(faultsOf(() => webhook({ url: 'https://x.example', secret: each }))).toHaveLength(1)
  }
  const right: WebhookOptions = { url: 'https://x.example', secret: [secret] }
  expect(faultsOf(() => webhook(right))).toEqual([])
})

it('route takes senders alone', () => {
  const inbox = createInbox()
  expect(
    faultsOf(() => route({ email: {} as typeof inbox, phone: 1 as unknown as typeof inbox })),
  ).toHaveLength(2)
  expect(faultsOf(() => route({ email: inbox, phone: undefined }))).toEqual([])
})

it('no fault quotes a secret', () => {
  const told = [
    ...faultsOf(() => sms({ accountSid: 'AC1', authToken: 'hidden\n', from: '+1' })),
    ...faultsOf(() => webhook({ url: 'https://user:hidden@', secret: 'hidden' })),
  ]
  expect(told.length).toBeGreaterThan(1)
  expect(told.join()).not.toContain('hidden')
})
