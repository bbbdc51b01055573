/** Email addresses: spellings that have broken other systems (CVE-2019-19844, CVE-2026-73420). */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { costOf } from '../../test/harness/cost.js'
import { normalizeEmail } from './email.js'

describe('an address', () => {
  it.each([
    ['ada@example.com', 'ada@example.com', 'ada@example.com'],
    ['  Ada.Lovelace+tag@EXAMPLE.com ', 'Ada.Lovelace+tag@example.com', 'ada.lovelace+tag@example.com'],
    ['ada@bücher.example', 'ada@xn--bcher-kva.example', 'ada@xn--bcher-kva.example'],
    ['ada@xn--bcher-kva.example', 'ada@xn--bcher-kva.example', 'ada@xn--bcher-kva.example'],
    ['用户@例子.中国', '用户@xn--fsqu00a.xn--fiqs8s', '用户@xn--fsqu00a.xn--fiqs8s'],
    ['ÉMILE@example.com', 'ÉMILE@example.com', 'émile@example.com'],
    ["o'brien@example.com", "o'brien@example.com", "o'brien@example.com"],
  ])('%s has one spelling and one key', (text, value, key) => {
    expect(normalizeEmail(text)).toEqual({ value, key })
  })

  it.each([
    ['nothing', ''],
    ['no at', 'example.com'],
    ['two ats', 'a@b@example.com'],
    ['a full-width at', 'a\uff20example.com'],
    ['a full-width at beside a real one', 'a\uff20b@example.com'],
    ['a small at', 'a\ufe6bb@example.com'],
    ['no local part', '@example.com'],
    ['no domain', 'a@'],
    ['a domain without a dot', 'a@localhost'],
    ['a trailing dot', 'a@example.com.'],
    ['an empty label', 'a@example..com'],
    ['a leading hyphen', 'a@-example.com'],
    ['an underscore in the domain', 'a@exa_mple.com'],
    ['an address of the network', 'a@127.0.0.1'],
    ['a number for a domain', 'a@1.2'],
    ['a port', 'a@example.com:25'],
    ['a path', 'a@example.com/x'],
    ['a literal', 'a@[127.0.0.1]'],
    ['a quoted local part', '"a b"@example.com'],
    ['a comment', 'a(comment)@example.com'],
    ['a list with a comma', 'a@example.com,b@example.com'],
    ['a list with a semicolon', 'a@example.com;b@example.com'],
    ['a name and angle brackets', 'Ada <a@example.com>'],
    ['CR and LF', 'a@example.com\r\nBcc: b@example.com'],
    ['NUL', 'a\u0000@example.com'],
    ['a zero-width joiner', 'a\u200db@example.com'],
    ['a bidirectional mark', 'a\u202eb@example.com'],
    ['a soft hyphen', 'a\u00adb@example.com'],
    ['a space', 'a b@example.com'],
    ['dots in a row', 'a..b@example.com'],
    ['a leading dot', '.a@example.com'],
    ['the Kelvin sign', '\u212aelvin@example.com'],
    ['a dotless i', 'm\u0131ke@example.com'],
    ['a dotted I', 'm\u0130ke@example.com'],
    ['a long s', 'je\u017f\u017fe@example.com'],
    ['a ligature', '\ufb01@example.com'],
    ['decomposed letters', 'e\u0301mile@example.com'],
    ['full-width letters', '\uff41da@example.com'],
    ['half a surrogate', '\ud800a@example.com'],
    ['a long local part', `${'a'.repeat(65)}@example.com`],
    [
      'a long address',
      `${'a'.repeat(60)}@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.${'e'.repeat(20)}.com`,
    ],
    ['a very long text', 'a'.repeat(1_000_000)],
  ])('is refused with %s', (_, text) => {
    expect(normalizeEmail(text)).toBeNull()
  })

  it('keeps sharp s apart from ss', () => {
    expect(normalizeEmail('strauß@example.com')?.key).not.toBe(normalizeEmail('strauss@example.com')?.key)
  })

  it('is the same after a second look, and no two mailboxes share a key', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }), (local) => {
        const read = normalizeEmail(`${local}@example.com`)
        if (read === null) return
        expect(normalizeEmail(read.value)).toEqual(read)
        expect(normalizeEmail(read.key)?.key).toBe(read.key)
        const ascii = /^[\x20-\x7e]*$/
        expect(ascii.test(read.key)).toBe(ascii.test(read.value))
      }),
      { numRuns: 2000 },
    )
  })

  it('is judged in linear time', async () => {
    for (const text of [
      'a.'.repeat(50_000),
      `${'a'.repeat(100_000)}@`,
      `a@${'b.'.repeat(50_000)}`,
      '@'.repeat(100_000),
    ]) {
      expect(normalizeEmail(text)).toBeNull()
      expect(await costOf(() => normalizeEmail(text))).toBeLessThan(20)
    }
  })
})
