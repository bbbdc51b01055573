/** The modules of `base/`. */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { costOf } from '../../test/harness/cost.js'
import {
  AuthError,
  ConfigError,
  concatBytes,
  countCodePoints,
  decodeBase64url,
  encodeBase64url,
  equalBytes,
  errorCodes,
  hasHidden,
  hasLoneSurrogate,
  idFromBytes,
  idToBytes,
  invalidField,
  isId,
  isIp,
  parseDuration,
} from './index.js'

const bytes = fc.uint8Array({ maxLength: 80 })

describe('base64url', () => {
  it('is what the platform writes, and reads back', () => {
    fc.assert(
      fc.property(bytes, (value) => {
        const text = encodeBase64url(value)
        expect(text).toBe(Buffer.from(value).toString('base64url'))
        expect(decodeBase64url(text)).toEqual(value)
      }),
    )
  })

  it('has one spelling for one value', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => {
        const value = decodeBase64url(text)
        if (value !== null) expect(encodeBase64url(value)).toBe(text)
      }),
    )
    expect(decodeBase64url('AA')).toEqual(Uint8Array.of(0))
    for (const other of ['AB', 'A', 'AA==', 'A=', 'A+', 'A/', 'A A', 'Aé', 'AAB']) {
      expect(decodeBase64url(other)).toBeNull()
    }
  })
})

describe('bytes', () => {
  it('are joined in order and compared whole', () => {
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        expect([...concatBytes(a, b)]).toEqual([...a, ...b])
        expect(equalBytes(a, b)).toBe(Buffer.from(a).equals(Buffer.from(b)))
      }),
    )
  })
})

describe('ids', () => {
  it('are their 16 bytes, in lower case and with hyphens', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (value) => {
        const id = idFromBytes(value)
        expect(isId(id)).toBe(true)
        expect(idToBytes(id)).toEqual(value)
        expect(isId(id.toUpperCase())).toBe(/^[0-9-]+$/.test(id))
        expect(isId(id.replaceAll('-', ''))).toBe(false)
      }),
    )
  })
})

describe('durations', () => {
  it.each([
    ['500ms', 500],
    ['90s', 90_000],
    ['15m', 900_000],
    ['12h', 43_200_000],
    ['30d', 2_592_000_000],
  ])('%s is %i ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms)
  })

  it.each(['', '0s', '1.5h', '-1m', '15', 'm', '1 m', '1w', '9999999999d', 15, null, undefined, {}])(
    '%s is none',
    (text) => {
      expect(parseDuration(text)).toBeNull()
    },
  )
})

describe('network addresses', () => {
  it.each(['1.2.3.4', '255.255.255.255', '::', '::1', '2001:db8::1', '::ffff:192.0.2.1', 'FE80::1'])(
    '%s is one',
    (text) => {
      expect(isIp(text)).toBe(true)
    },
  )

  it.each([
    '',
    '1.2.3',
    '256.1.1.1',
    '01.2.3.4',
    '1.2.3.4:80',
    '::1%eth0',
    '[::1]',
    '1.2.3.4, 5.6.7.8',
    ':::',
    'a',
  ])('%s is none', (text) => {
    expect(isIp(text)).toBe(false)
  })

  it('is told fast of a hostile text', async () => {
    expect(await costOf(() => isIp('1.'.repeat(50_000)))).toBeLessThan(20)
  })
})

describe('text', () => {
  it('counts code points, and stops above a limit', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(countCodePoints(text)).toBe(Array.from(text).length)
      }),
    )
    expect(countCodePoints('x'.repeat(1000), 10)).toBe(11)
  })

  it('knows hidden characters and half surrogates', () => {
    for (const text of ['a\u0000', 'a\nb', '\u202eb', 'a\u200bb', '\ufeffa', '\u2066a'])
      expect(hasHidden(text)).toBe(true)
    expect(hasHidden('Zoë 家 🦉')).toBe(false)
    expect([hasLoneSurrogate('🦉'), hasLoneSurrogate('🦉'.slice(0, 1))]).toEqual([false, true])
  })
})

describe('errors', () => {
  it('are recognized by name and code, also from another copy of the package', () => {
    const copy = Object.assign(new Error('x'), { name: 'AuthError', code: 'not_found' })
    expect(AuthError.is(copy, 'not_found')).toBe(true)
    expect(AuthError.is(copy, 'internal')).toBe(false)
    for (const other of [null, undefined, 'x', new Error('x'), { name: 'AuthError', code: 'made_up' }]) {
      expect(AuthError.is(other)).toBe(false)
    }
  })

  it('have a sentence for each code, and carry fields', () => {
    for (const code of errorCodes) expect(new AuthError(code).message).toMatch(/^[A-Z].*\.$/)
    expect(invalidField('password', 'min', 12).fields).toEqual([
      { field: 'password', rule: 'min', limit: 12 },
    ])
    expect(new AuthError('rate_limited', { retryAfterMs: 5 }).retryAfterMs).toBe(5)
  })

  it('of options list every fault', () => {
    expect(new ConfigError(['one.']).message).toBe('one.')
    expect(new ConfigError(['one.', 'two.']).message).toBe('\n- one.\n- two.')
  })
})
