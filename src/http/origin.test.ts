/** The origin of a request that changes state. */

import { describe, expect, it } from 'vitest'
import { createOrigins } from './origin.js'

const options = {
  baseUrl: 'https://app.example/base',
  allowedOrigins: ['https://spa.example'],
  native: false,
}
const origins = createOrigins(options)
const from = (headers: Record<string, string>) => origins.mayChange(new Headers(headers))

describe('a request that changes state', () => {
  it('may come from our own origin, and from a listed one', () => {
    expect(from({ origin: 'https://app.example' })).toBe(true)
    expect(from({ origin: 'https://spa.example' })).toBe(true)
    expect(from({ 'sec-fetch-site': 'same-origin' })).toBe(true)
  })

  it.each([
    'null',
    '',
    'https://app.example.evil.example',
    'https://evil-app.example',
    'https://sub.app.example',
    'http://app.example',
    'https://app.example:8443',
    'https://app.example/',
    'HTTPS://APP.EXAMPLE.',
    'https://app.example, https://evil.example',
  ])('may not come from %j', (origin) => {
    expect(from({ origin })).toBe(false)
    // A foreign origin is rejected, whatever the other headers say.
    expect(from({ origin, 'sec-fetch-site': 'same-origin' })).toBe(false)
  })

  it('may not come from nowhere, nor from a sibling', () => {
    expect(from({})).toBe(false)
    for (const site of ['same-site', 'cross-site', 'none'])
      expect(from({ 'sec-fetch-site': site })).toBe(false)
  })

  it('may come from a native client only where that is switched on, and without any cookie', () => {
    const native = createOrigins({ ...options, native: true })
    expect(native.mayChange(new Headers())).toBe(true)
    expect(native.mayChange(new Headers({ cookie: 'a=b' }))).toBe(false)
    expect(native.mayChange(new Headers({ origin: 'https://evil.example' }))).toBe(false)
  })

  it('is shared with listed origins alone', () => {
    expect(origins.sharedWith(new Headers({ origin: 'https://spa.example' }))).toBe('https://spa.example')
    expect(origins.sharedWith(new Headers({ origin: 'https://app.example' }))).toBeNull()
    expect(origins.sharedWith(new Headers())).toBeNull()
  })
})
