/** Which limits each request counts against. */

import { describe, expect, it } from 'vitest'
import type { Limit } from '../core/index.js'
import { createRequestLimits } from './request-limits.js'
import { createClientAddress } from './client-address.js'
import { limitDefaults } from './limit-table.js'

const limits = createRequestLimits(limitDefaults)
const address = 'owner@example.com'
const client = { network: '192.0.2.1', wider: [] }
const stranger = { client, known: null }
const known = { client, known: 'a digest' }

const brief = (all: readonly Limit[]): unknown[] =>
  all.map(({ name, subject, max: limit, beyond = 'refuse' }) => [name, subject, limit, beyond])
const namesOf = (all: readonly Limit[]): string[] => all.map(({ name }) => name)

describe('what is charged', () => {
  it('to networks: a /32 of IPv4; a /64 once, a /56 four times and a /48 sixteen times of IPv6', () => {
    const of = createClientAddress({ trustedProxies: 0 })
    const at = (ip: string): unknown[] => brief(limits.networks(of(new Headers(), ip), 'messageNetwork'))
    expect(at('192.0.2.1')).toEqual([['messageNetwork', '192.0.2.1', 30, 'refuse']])
    expect(at('2001:db8:1:12ab::9')).toEqual([
      ['messageNetwork', '2001:db8:1:12ab::/64', 30, 'refuse'],
      ['messageNetwork', '2001:db8:1:1200::/56', 120, 'refuse'],
      ['messageNetwork', '2001:db8:1:0::/48', 480, 'refuse'],
    ])
  })

  it('for a password of a stranger: address and network, the address, the account, and everybody', () => {
    const all = limits.password(stranger, address, 'an id')
    expect(brief(all)).toEqual([
      ['passwordStranger', `192.0.2.1 ${address}`, 10, 'refuse'],
      ['passwordAddress', address, 30, 'toll'],
      ['passwordInARow', 'an id', 100, 'tell'],
      ['passwordGlobal', 'all', 6000, 'toll'],
    ])
    expect(all[0]).toMatchObject({ pauseMs: 1000, maxPauseMs: 60_000, free: 3 })
    expect(namesOf(limits.missesOf(all))).toEqual(['passwordStranger', 'passwordAddress', 'passwordInARow'])
  })

  it('for a password in a known browser: that browser alone, and no toll', () => {
    const all = limits.password(known, address, 'an id')
    expect(brief(all)).toEqual([['passwordKnown', `a digest ${address}`, 10, 'refuse']])
    expect(limits.missesOf(all)).toEqual(all)
  })

  it('for a message: by purpose, by address and network or browser, and a toll of strangers', () => {
    const request = { purpose: 'sign_in', address, type: 'email', country: null } as const
    expect(brief(limits.message(stranger, request))).toEqual([
      ['messagePause', `sign_in 192.0.2.1 ${address}`, 1, 'refuse'],
      ['messageStranger', `192.0.2.1 ${address}`, 5, 'refuse'],
      ['messageAddress', address, 5, 'toll'],
      ['messageGlobal', 'all', 3000, 'toll'],
    ])
    expect(brief(limits.message(known, request))).toEqual([
      ['messagePause', `sign_in a digest ${address}`, 1, 'refuse'],
      ['messageKnown', `a digest ${address}`, 10, 'refuse'],
    ])
  })

  it('for a text message of a stranger: its country too, and one that all share where that is unknown', () => {
    const request = { purpose: 'sign_in', address: '+351912345678', type: 'phone' } as const
    const country = (code: string | null): unknown =>
      brief(limits.message(stranger, { ...request, country: code }))[3]
    expect([country('351'), country(null)]).toEqual([
      ['messageCountry', '351', 1000, 'toll'],
      ['messageCountry', 'unknown', 1000, 'toll'],
    ])
    expect(namesOf(limits.message(known, { ...request, country: '351' }))).not.toContain('messageCountry')
  })

  it('for a code or a link: everybody, and of a known browser nothing', () => {
    expect(brief(limits.code(stranger))).toEqual([['codeGlobal', 'all', 6000, 'toll']])
    expect(limits.code(known)).toEqual([])
  })
})
