/** Device names that people recognize. */

import { expect, it } from 'vitest'
import { nameDevice, readDevice } from './device.js'
import { builtTexts } from '../../test/harness/shipped-features.js'
import { createWords } from './texts/say.js'

const words = createWords('en', 'Latchkey', { built: builtTexts })
const nameOf = (userAgent: string | null): string => nameDevice(readDevice(userAgent), words)

it.each([
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0',
    'Firefox 140 on macOS',
    'desktop',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
    'Safari 18 on iOS',
    'phone',
  ],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0',
    'Microsoft Edge 141 on Windows',
    'desktop',
  ],
  [
    'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36',
    'Chrome 141 on Android',
    'phone',
  ],
])('%s', (userAgent, name, kind) => {
  expect([nameOf(userAgent), readDevice(userAgent).kind]).toEqual([name, kind])
})

it('says so where nothing is known', () => {
  for (const userAgent of [null, '', ' ', 'x']) expect(nameOf(userAgent)).toBe('Unknown device')
})

it('names what is no browser as far as it names itself', () => {
  expect(nameOf('curl/8.5.0')).toBe('curl 8')
  expect(nameOf('Mozilla/5.0')).toBe('Unknown device')
})

it.each([
  'Keep-your-account.Enter/42',
  'Keep-your-account.Enter/42 (x)',
  'Enter-42 / 1 now',
  'Mozilla/5.0 (Type-42-to-keep-your-account) Enter/42 x',
  'Chrome/Enter-the-number-42',
  'Your bank/1 Your bank/2',
])('shows no words of whoever asked: %s', (userAgent) => {
  expect(['Unknown device', 'Chrome']).toContain(nameOf(userAgent))
})

it('reads a hostile user agent at once', () => {
  for (const part of ['Mozilla/5.0 (', ';', 'Version/', '((((', ' '])
    expect(nameOf(part.repeat(100_000))).toEqual(expect.any(String))
})
