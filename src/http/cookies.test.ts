/** Reading and writing cookies. */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { costOf } from '../../test/harness/cost.js'
import { createCookies } from './cookies.js'

const secure = createCookies(true)
const plain = createCookies(false)

describe('a cookie', () => {
  it('has the prefix that no other host and no path can plant, wherever the browser takes it', () => {
    expect([secure.session.name, plain.session.name]).toEqual(['__Host-latchkey', 'latchkey'])
    expect(secure.session.set('x', 60)).toBe(
      '__Host-latchkey=x; Max-Age=60; Path=/; HttpOnly; Secure; SameSite=Lax',
    )
    expect(plain.browser.set('x')).toBe('latchkey-flow=x; Path=/; HttpOnly; SameSite=Lax')
    expect(secure.browserState.clear()).toContain('Max-Age=0')
  })

  it('is read among others, wherever it stands', () => {
    for (const header of [
      'latchkey=x',
      'a=b; latchkey=x',
      'latchkey=x; a=b',
      ' latchkey=x ;a=b',
      'a;latchkey=x',
    ])
      expect(plain.session.read(header)).toBe('x')
  })

  it('is nobody’s under a look-alike name, in another case, or with another prefix', () => {
    for (const name of [
      'Latchkey',
      'latchkey2',
      'xlatchkey',
      'latchkey-',
      '__Secure-latchkey',
      '__Host-latchkey',
    ])
      expect(plain.session.read(`${name}=x`)).toBeNull()
    expect(secure.session.read('latchkey=x; __host-latchkey=y')).toBeNull()
    expect(plain.session.read(null)).toBeNull()
    expect([plain.session.isIn('a=b'), plain.session.isIn('latchkey=')]).toEqual([false, true])
  })

  it('that stands twice with two values is nobody’s, and with one value is that one', () => {
    expect(plain.session.read('latchkey=x; latchkey=y')).toBeNull()
    expect(plain.session.read('latchkey=x; latchkey=x')).toBe('x')
  })

  it('reads back whatever token was set, beside anything', () => {
    const token = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/)
    const noise = fc.array(fc.stringMatching(/^[a-z]{1,5}=[a-z]{0,5}$/), { maxLength: 5 })
    fc.assert(
      fc.property(token, noise, noise, (value, before, after) => {
        const header = [...before, `latchkey=${value}`, ...after].join('; ')
        expect(plain.session.read(header)).toBe(value)
      }),
    )
  })

  it('is found at once among 200 others, and in 100 kB of anything', async () => {
    const many = Array.from({ length: 200 }, (_, index) => `cookie${index}=${'v'.repeat(40)}`).join('; ')
    expect(plain.session.read(`${many}; latchkey=x`)).toBe('x')
    for (const hostile of [' ', ';', '=', 'latchkey', 'latchkey=;', '; '])
      expect(await costOf(() => plain.session.read(hostile.repeat(100_000 / hostile.length)))).toBeLessThan(
        20,
      )
  })
})
