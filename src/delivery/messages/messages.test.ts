/** Guarantees about all messages: reasons, advice, minutes, and that no stranger can write in them. */

import { describe, expect, it } from 'vitest'
import type { Message, MessageEvent } from '../../core/index.js'
import { messageEvents, textsOf } from '../../../test/harness/shipped-features.js'
import { renderMessage, renderShort } from './index.js'

const now = new Date('2026-01-01T00:00:00Z')
const locales = ['en', 'pt', 'es', 'fr', 'de', 'ja']

function message(event: MessageEvent, changes: Partial<Message> = {}): Message {
  return {
    id: 'id',
    event,
    ...textsOf(event),
    to: { type: 'email', value: 'ada@example.com' },
    user: { id: 'u', name: null },
    ...changes,
  }
}

const secrets = {
  link: 'https://app.example/x?token=abc&y=1',
  token: 'abc',
  code: '424242',
  expiresAt: new Date('2026-01-01T00:10:00Z'),
}

it('writes the name of the user nowhere, since a stranger may have chosen it', () => {
  for (const locale of locales) {
    for (const event of messageEvents) {
      const user = { id: 'u', name: 'Win a prize at evil.example' }
      const named = message(event, { ...secrets, locale, user })
      const { subject, text, html } = renderMessage(named, {}, now)
      expect(`${subject}${text}${html}${renderShort(named, {}, now)}`).not.toMatch(/prize|evil/)
    }
  }
})

it('raises no alarm with the owner of an address that a stranger signed up with', () => {
  for (const locale of locales) {
    const adviceOf = (event: MessageEvent): string | undefined =>
      renderMessage(message(event, { locale }), {}, now).text.trim().split('\n\n').at(-1)
    expect(adviceOf('sign_up_repeated')).toBe(adviceOf('account_verified'))
    expect(adviceOf('sign_up_repeated')).not.toBe(adviceOf('password_changed'))
  }
})

describe('HTML and plain text', () => {
  it('show the link as a button and as text, and a code that stands out, in light and dark', () => {
    const { html, text } = renderMessage(message('sign_in', secrets), {}, now)
    const escaped = 'https://app.example/x?token=abc&amp;y=1'
    expect(html.split(escaped)).toHaveLength(3)
    expect(html).toContain(`<a href="${escaped}"`)
    expect(html).toMatch(/font:700 36px[^>]*>424242</)
    expect(html).toContain('<meta name="color-scheme" content="light dark">')
    expect(html).toContain('@media (prefers-color-scheme:dark)')
    expect(html).not.toMatch(/<script|<img|<link|src=|@import|url\(/)
    expect(text).toContain(`\n${secrets.link}\n`)
    expect(text).toContain('\n424242\n')
  })

  it('say the same', () => {
    for (const event of messageEvents) {
      const { text, html } = renderMessage(message(event, secrets), { appName: 'Product' }, now)
      for (const line of text.split('\n').filter((each) => each !== '')) {
        expect(html).toContain(line.replace(/:$/, '').replaceAll('&', '&amp;').replaceAll("'", '&#39;'))
      }
    }
  })

  it('never promise less than a minute, and count as each language does', () => {
    const inMs = (ms: number): Partial<Message> => ({
      code: '424242',
      expiresAt: new Date(now.getTime() + ms),
    })
    for (const ms of [-60_000, 0, 20_000, 60_000]) {
      expect(renderMessage(message('email', inMs(ms)), {}, now).text).toContain('1 minute.')
    }
    expect(renderMessage(message('email', { ...inMs(60_000), locale: 'de' }), {}, now).text).toContain(
      '1 Minute.',
    )
    expect(renderMessage(message('email', { ...inMs(300_000), locale: 'ja' }), {}, now).text).toContain(
      '5 分',
    )
  })
})

it('fills in what is replaced as well, and keeps a replaced line for a phone one line', () => {
  const texts = { en: { orCode: 'Code for {app}', ignore: '{app} says hello', short: 'a\r\n{code}\nb' } }
  const { text } = renderMessage(message('email', secrets), { appName: 'Product', texts }, now)
  expect(text).toContain('Code for Product')
  expect(text).toContain('Product says hello')
  expect(renderShort(message('phone', secrets), { texts }, now)).toBe('a 424242 b')
})

it('never reads a locale as anything but a name', () => {
  for (const locale of ['__proto__', 'constructor', 'toString', '', '-', '\u0000', 'x'.repeat(100_000)]) {
    expect(renderMessage(message('recovery', { locale }), {}, now).subject).toBe('Reset your password')
  }
})
