/** Ways to sign in as the pages see them, for samples. */

import type { Way } from '../../src/ui/props.js'

const email = { name: 'email', type: 'email' } as const
const phone = { name: 'phone', type: 'phone' } as const
const code = { name: 'code', type: 'code' } as const

export const password: Way = {
  id: 'password',
  name: 'Password',
  kind: 'credential',
  identity: 'email',
  fields: { request: [email, { name: 'password', type: 'password' }] },
}

export const magicLink: Way = {
  id: 'magic-link',
  name: 'Link',
  kind: 'passwordless',
  identity: 'email',
  fields: { request: [email], callback: [{ name: 'token', type: 'token' }] },
}

export const emailOtp: Way = {
  id: 'email-otp',
  name: 'Code',
  kind: 'passwordless',
  identity: 'email',
  fields: { request: [email], callback: [email, code] },
}

export const smsOtp: Way = {
  id: 'sms-otp',
  name: 'Text message',
  kind: 'passwordless',
  identity: 'phone',
  fields: { request: [phone], callback: [phone, code] },
}
