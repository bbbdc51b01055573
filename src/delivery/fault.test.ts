/** What is recorded about a failed attempt. */

import { expect, it } from 'vitest'
import { describeFault } from './fault.js'

const link = 'https://app.example/in?token=tokentoken_-9'
const secrets = ['tokentoken_-9', '424242', link]

it('tells name, code and the first line', () => {
  const error = Object.assign(new TypeError('mailbox full\nRCPT TO and more'), { code: 'EENVELOPE' })
  expect(describeFault(error, [])).toBe('TypeError EENVELOPE: mailbox full')
  expect(describeFault(new Error('\n  \nsecond'), [])).toBe('second')
  expect(describeFault('a text', [])).toBe('a text')
})

it('tells why a fetch failed, which stands in its cause', () => {
  const error = new TypeError('fetch failed', {
    cause: Object.assign(new Error('x'), { code: 'ECONNREFUSED' }),
  })
  expect(describeFault(error, [])).toBe('TypeError ECONNREFUSED: fetch failed')
})

it.each([
  `550 ${link} refused`,
  `550 ${encodeURIComponent(link)} refused`,
  `550 ${encodeURIComponent(link).toLowerCase()} refused`,
  `550 {"code":"424242","token":"tokentoken_-9"} refused`,
  `${'x'.repeat(290)}tokentoken_-9`,
])('blanks link, token and code in %s', (words) => {
  const line = describeFault(Object.assign(new Error(words), { code: '424242' }), secrets)
  expect(line).not.toMatch(/tokento|424242/i)
  expect(line).toContain('[secret]')
})

it('is a text that PostgreSQL can store, 300 characters at most', () => {
  const line = describeFault(new Error(`a\u0000b\u001b[31mc${'\u{1f600}'.repeat(200)}`), [])
  expect(line).toMatch(/^a b \[31mc/)
  expect(line.length).toBeLessThanOrEqual(300)
  expect(line.isWellFormed()).toBe(true)
  expect(describeFault(new Error('x'.repeat(5_000_000)), [])).toHaveLength(300)
})

it.each([
  undefined,
  null,
  0,
  {},
  Symbol('odd'),
  Object.create(null),
  { message: 5, name: {} },
  new Proxy(
    {},
    {
      get() {
        throw new Error('hostile')
      },
    },
  ),
])('never throws itself: case %#', (thrown: unknown) => {
  expect(describeFault(thrown, secrets).length).toBeGreaterThan(0)
})
