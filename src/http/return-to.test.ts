/** Where a browser is sent after a sign-in. */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { costOf } from '../../test/harness/cost.js'
import { readReturnTo } from './return-to.js'

describe('a path to return to', () => {
  it.each(['/', '/account', '/a/b?c=d&e=%20f#g', '/reset?next=/home', '/~ada/-._'])('may be %s', (path) => {
    expect(readReturnTo(path)).toBe(path)
  })

  it.each([
    '//e',
    '///e',
    '/\\e',
    '\\/e',
    '\\\\e',
    'https:e',
    'https://e',
    'https:/e',
    '//user@e',
    '/\t/e',
    '/%09/e\t',
    '/%09/e',
    '/a/%0d%0ab',
    '\t//e',
    '/\n/e',
    '/\r\nSet-Cookie: a=b',
    'javascript:alert(1)',
    ' //e',
    '/ /e',
    '/é',
    '//éxample',
    '/..;/e',
    '/a/..;/b',
    '/%2f/e',
    '/%2fe',
    '/%5ce',
    '/%252fe',
    '/..//e',
    '/.//e',
    '/a/..//e',
    'account',
    '',
    '?a',
    '#a',
    '/\u0000',
    '/\u2028/e',
    `/${'a'.repeat(2000)}`,
  ])('is never %j (GHSA-vp58-j275-797x)', (path) => {
    expect(readReturnTo(path)).toBeNull()
  })

  it.each([undefined, null, 1, true, [], ['/a'], {}])('is a text, and not %j', (value) => {
    expect(readReturnTo(value)).toBeNull()
  })

  it('stays on our own origin, whatever is tried', () => {
    const piece = fc.constantFrom(
      '/',
      '\\',
      '.',
      '..',
      ';',
      '%2f',
      '%5c',
      '%09',
      '@',
      ':',
      'e',
      'http',
      '?',
      '#',
      '\t',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const path = readReturnTo(pieces.join(''))
        if (path === null) return
        expect(new URL(path, 'https://app.example').origin).toBe('https://app.example')
        expect(path).not.toMatch(/^\/[/\\]/)
        expect(new URL(decodeURIComponent(path), 'https://app.example').origin).toBe('https://app.example')
      }),
      { numRuns: 2000 },
    )
  })

  it('is judged at once, however long it is', async () => {
    for (const text of ['/'.repeat(100_000), `/${'..;/'.repeat(25_000)}`, `/${'%2f'.repeat(30_000)}`])
      expect(await costOf(() => readReturnTo(text))).toBeLessThan(20)
  })
})
