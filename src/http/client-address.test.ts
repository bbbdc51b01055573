/** The client's address: attacks on the limiter by header and by spelling. */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { costOf } from '../../test/harness/cost.js'
import { createClientAddress } from './client-address.js'

const unknown = { ip: null, network: 'unknown' }
const none = new Headers()
const forwarded = (value: string): Headers => new Headers({ 'x-forwarded-for': value })
const direct = createClientAddress({ trustedProxies: 0 })
const behindOne = createClientAddress({ trustedProxies: 1 })
const behindTwo = createClientAddress({ trustedProxies: 2 })
const network = (address: string): string => direct(none, address).network

describe('without a trusted proxy', () => {
  it('is the address of the socket, whatever the headers say', () => {
    const headers = new Headers({
      'x-forwarded-for': '9.9.9.9',
      forwarded: 'for=9.9.9.9',
      'x-real-ip': '9.9.9.9',
      'cf-connecting-ip': '9.9.9.9',
      'true-client-ip': '9.9.9.9',
    })
    expect(direct(headers, '192.0.2.1')).toMatchObject({ ip: '192.0.2.1', network: '192.0.2.1' })
    expect(behindOne(headers, '192.0.2.1').ip).toBe('9.9.9.9')
    headers.delete('x-forwarded-for')
    expect(behindOne(headers, '192.0.2.1')).toMatchObject(unknown)
  })

  it('is unknown where the host tells of no socket', () => {
    for (const socket of [null, '', '/tmp/socket', 'localhost'])
      expect(direct(none, socket)).toMatchObject(unknown)
  })
})

describe('behind proxies', () => {
  it('is the n-th from the right, so that what a client wrote itself stands to the left of it', () => {
    const headers = forwarded('1.1.1.1, 2.2.2.2,3.3.3.3')
    expect(behindOne(headers, '10.0.0.1').ip).toBe('3.3.3.3')
    expect(behindTwo(headers, '10.0.0.1').ip).toBe('2.2.2.2')
    expect(createClientAddress({ trustedProxies: 3 })(headers, '10.0.0.1').ip).toBe('1.1.1.1')
  })

  it('is not moved by anything that a client puts in front', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), (lie) => {
        expect(behindTwo(forwarded(`${lie},192.0.2.7, 10.0.0.2`), null).ip).toBe('192.0.2.7')
      }),
    )
  })

  it('is told from several header lines as from one', () => {
    const headers = new Headers()
    headers.append('x-forwarded-for', '9.9.9.9')
    headers.append('x-forwarded-for', '192.0.2.7')
    expect(behindOne(headers, null).ip).toBe('192.0.2.7')
    expect(behindTwo(headers, null).ip).toBe('9.9.9.9')
  })

  it('is unknown, not the proxy, where there are too few hops or none', () => {
    expect(behindOne(none, '10.0.0.1')).toMatchObject(unknown)
    expect(behindOne(forwarded(''), '10.0.0.1')).toMatchObject(unknown)
    expect(behindTwo(forwarded('192.0.2.7'), '10.0.0.1')).toMatchObject(unknown)
    expect(
      createClientAddress({ trustedProxies: 1_000_000 })(forwarded('1.1.1.1,2.2.2.2'), null),
    ).toMatchObject(unknown)
  })
})

describe('CVE-2024-47070: garbage in X-Forwarded-For falls into the shared bucket, never around it', () => {
  it.each([
    'unknown',
    'a',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '01.2.3.4',
    '0x7f.0.0.1',
    '2130706433',
    '1.2.3.4:',
    '1.2.3.4:x',
    '1.2.3.4:123456',
    '1.2.3.4%1',
    '1.2.3.4/32',
    '1.2.3.4 5.6.7.8',
    '[1.2.3.4',
    '[]',
    '[::1',
    '::1]',
    '[::1]x',
    '[[::1]]',
    ':::',
    '::1::',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '::ffff:1.2.3.256',
    '2001:db8::g',
    '%',
    '"1.2.3.4"',
    'for=1.2.3.4',
    '192.0.2.1,',
    ',',
    '\t',
    `${'1'.repeat(50)}.1.1.1`,
  ])('%j', (garbage) => {
    expect(behindOne(forwarded(garbage), '192.0.2.9')).toMatchObject(unknown)
  })

  it('whatever it is, the key is an address or the shared bucket', () => {
    const text = fc.oneof(
      fc.string({ unit: fc.constantFrom(...Array.from('0123456789abcdefABCDEF:.%[]/, ')) }),
      fc.string({ unit: 'binary-ascii' }),
    )
    fc.assert(
      fc.property(text, (garbage) => {
        const { ip, network: key } = direct(none, garbage)
        if (ip === null) expect(key).toBe('unknown')
        else expect(key).toMatch(/^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){3}::\/64)$/)
      }),
      { numRuns: 1000 },
    )
  })
})

const group = fc.integer({ min: 0, max: 0xffff })
const prefix = fc.tuple(fc.integer({ min: 0x2000, max: 0x3fff }), group, group, group)
const host = fc.tuple(group, group, group, group)
const hex = (parts: readonly number[]): string => parts.map((part) => part.toString(16)).join(':')

describe('CVE-2026-45364: one client has one key, however its address is spelled', () => {
  it('all of an IPv6 /64 is one key, and another /64 is another', () => {
    fc.assert(
      fc.property(prefix, host, host, (net, one, other) => {
        expect(network(`${hex(net)}:${hex(one)}`)).toBe(network(`${hex(net)}:${hex(other)}`))
        const [a, b, c, d] = net
        expect(network(`${hex([a, b, c, d ^ 1])}:${hex(one)}`)).not.toBe(network(`${hex(net)}:${hex(one)}`))
      }),
    )
    expect(network('2001:db8:0:1:ffff:ffff:ffff:ffff')).toBe('2001:db8:0:1::/64')
    expect(network('::1')).toBe('0:0:0:0::/64')
    expect(network('2001:db8::')).toBe('2001:db8:0:0::/64')
  })

  it('case, leading zeros, the place of the double colon, zones, ports and brackets make no other', () => {
    const spellings = [
      '2001:db8::1',
      '2001:DB8::1',
      '2001:0db8:0000:0000:0000:0000:0000:0001',
      '2001:db8:0:0::1',
      '2001:db8::0.0.0.1',
      '[2001:db8::1]',
      '[2001:DB8::1]:443',
      '2001:db8::1%eth0',
      '[2001:db8::1%25eth0]:80',
      ' 2001:db8::1\t',
    ]
    for (const spelling of spellings) {
      expect(direct(none, spelling)).toMatchObject({ ip: '2001:db8::1', network: '2001:db8:0:0::/64' })
    }
  })

  it('an IPv4 address in IPv6 is that IPv4 address', () => {
    fc.assert(
      fc.property(fc.ipV4(), (ip) => {
        const [a, b, c, d] = ip.split('.').map(Number) as [number, number, number, number]
        const tail = hex([a * 256 + b, c * 256 + d])
        const spellings = [
          ip,
          `${ip}:65535`,
          `::ffff:${ip}`,
          `::FFFF:${ip}`,
          `[::ffff:${ip}]:80`,
          `0:0:0:0:0:ffff:${ip}`,
          `::ffff:${tail}`,
          `0000:0000:0000:0000:0000:FFFF:${tail.toUpperCase()}`,
        ]
        for (const spelling of spellings) expect(direct(none, spelling)).toMatchObject({ ip, network: ip })
      }),
    )
  })

  it('two IPv4 addresses are two keys', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV4(), (one, other) => {
        expect(network(one) === network(other)).toBe(one === other)
      }),
    )
  })
})

it.each([
  ['commas', ','.repeat(100_000)],
  ['one long hop', '1'.repeat(100_000)],
  ['spaces', ' '.repeat(100_000) + 'x' + ' '.repeat(100_000)],
  ['dots', '1.'.repeat(50_000)],
  ['brackets', '['.repeat(100_000)],
  ['colons', ':'.repeat(100_000)],
  ['addresses', '1.1.1.1,'.repeat(12_500)],
])('a header of 100 kB of %s is told fast', async (_, value) => {
  const behindAll = createClientAddress({ trustedProxies: 1_000_000 })
  const raw = { get: () => value } as unknown as Headers
  expect(await costOf(() => [behindOne(raw, null), behindAll(raw, null), direct(none, value)])).toBeLessThan(
    20,
  )
})
