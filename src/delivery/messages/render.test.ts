/** The wording of messages. */

import { describe, expect, it } from 'vitest'
import type { Message, MessageEvent } from '../../core/index.js'
import { isNotice, messageEvents, textsOf } from '../../../test/harness/shipped-features.js'
import { renderMessage, renderShort } from './index.js'

const now = new Date('2026-01-01T00:00:00Z')

function message(event: MessageEvent, changes: Partial<Message> = {}): Message {
  return {
    id: 'id',
    event,
    ...textsOf(event),
    to: { type: 'email', value: 'ada@example.com' },
    user: { id: 'u', name: '<script>alert(1)</script>' },
    ...(!isNotice(event) && {
      link: 'https://app.example/x?token=abc&y=1',
      token: 'abc',
      code: '424242',
      expiresAt: new Date('2026-01-01T00:10:00Z'),
    }),
    ...changes,
  }
}

describe.each(['en', 'pt', 'es', 'fr', 'de', 'ja'])('in %s', (locale) => {
  it.each(messageEvents)('%s says why, shows its secrets, and leaves nothing unfilled', (event) => {
    const rendered = renderMessage(message(event, { locale }), { appName: 'Product' }, now)
    for (const part of [rendered.subject, rendered.text, rendered.html]) {
      expect(part.length).toBeGreaterThan(5)
      expect(part).not.toMatch(/\{[a-z]+\}|undefined|script/)
    }
    const hasSecret = !isNotice(event)
    expect([rendered.text.includes('424242'), rendered.html.includes('>424242<')]).toEqual([
      hasSecret,
      hasSecret,
    ])
    expect(rendered.html).toContain(`<html lang="${locale}">`)
  })
})

it('falls back to the language of a tag, then to the default, then to English', () => {
  const subject = (locale: string | undefined, fallback?: string): string =>
    renderMessage(message('recovery', { ...(locale && { locale }) }), { locale: fallback }, now).subject
  expect(subject('pt-BR')).toBe(subject('pt'))
  expect(subject('xx', 'de')).toBe(subject('de'))
  expect(subject('constructor')).toBe(subject('en'))
  expect(subject(undefined)).toBe('Reset your password')
})

it('counts minutes by the rules of the language', () => {
  const soon = { expiresAt: new Date('2026-01-01T00:01:00Z') }
  expect(renderMessage(message('email', soon), {}, now).text).toContain('1 minute.')
  expect(renderMessage(message('email'), {}, now).text).toContain('10 minutes.')
})

it('lets single texts be replaced', () => {
  const texts = { en: { ignore: 'Nothing to do.', events: { email: { subject: 'Welcome to {app}' } } } }
  const rendered = renderMessage(message('email'), { appName: 'Product', texts }, now)
  expect(rendered.subject).toBe('Welcome to Product')
  expect(rendered.text).toContain('Nothing to do.')
  expect(rendered.text).toContain('424242')
})

it.each(['<b>', '"><img src=x onerror=alert(1)>', "' onload='x", '&amp;', '{code}', '$&', '\u2028'])(
  'escapes %s wherever a host writes it',
  (hostile) => {
    const texts = { en: { code: hostile, orCode: hostile, ignore: hostile } }
    const { html } = renderMessage(
      message('email', { link: `https://x.example/${hostile}` }),
      { appName: hostile, texts },
      now,
    )
    expect(html).not.toMatch(/<b>|<img|onload='/)
  },
)

it('is one line on a phone', () => {
  expect(renderShort(message('sign_in'), { appName: 'Product' }, now)).toBe(
    '424242 is your Product code. Do not share it.',
  )
  expect(renderShort(message('password_changed'), { appName: 'Product' }, now)).not.toContain('\n')
})
