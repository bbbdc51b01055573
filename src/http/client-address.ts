/**
 * The address of the client, and the network that its requests count against. Knows no limit.
 *
 * Invariants: (1) a header determines the network only if the operator configured a proxy that writes it; (2)
 * an address that can't be determined counts in the shared network `unknown`, and never bypasses the limits;
 * (3) one address has one spelling; an IPv6 /64 is one network, since one customer owns all of it, and also
 * counts in two wider ones; (4) linear in the length of the header.
 */

import { isIp } from '../base/index.js'

/** The address of a request. */
export interface ClientAddress {
  /**
   * IPv4 in dotted form, or IPv6 in lowercase and shortened (RFC 5952), without port and zone; null if
   * unknown.
   */
  readonly ip: string | null
  /**
   * The network that its limits count: an IPv4 address, an IPv6 /64 such as `2001:db8:0:1::/64`, or
   * `unknown`.
   */
  readonly network: string
  /**
   * The wider networks that one customer may own as a whole, and how many times the limit of a /64 each has.
   */
  readonly wider: readonly { readonly network: string; readonly times: number }[]
}

const unknown: ClientAddress = { ip: null, network: 'unknown', wider: [] }
// The longest possible value: an IPv6 address in brackets, with a zone and a port.
const longest = 100
const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/
const port = '(?::[0-9]{1,5})?'
const bracketed = new RegExp(`^\\[([^\\]]*)\\]${port}$`)
const dotted = new RegExp(`^([0-9.]+)${port}$`)

/** The hop of X-Forwarded-For that the outermost trusted proxy wrote: the n-th from the right. */
function hopOf(header: string, hops: number): string | null {
  let end = header.length
  for (let hop = 1; ; hop++) {
    const comma = end === 0 ? -1 : header.lastIndexOf(',', end - 1)
    if (hop === hops) return header.slice(comma + 1, end)
    if (comma === -1) return null
    end = comma
  }
}

function withoutPortAndZone(text: string): string {
  const host = (bracketed.exec(text) ?? dotted.exec(text))?.[1] ?? text
  const zone = host.indexOf('%')
  return zone === -1 || !host.includes(':') ? host : host.slice(0, zone)
}

/** Normalizes an address; null if it is invalid. The platform's URL parser shortens IPv6. */
function toIp(text: string): string | null {
  const host = withoutPortAndZone(text)
  if (!isIp(host)) return null
  if (!host.includes(':')) return host
  const short = new URL(`http://[${host}]/`).hostname.slice(1, -1)
  const [, high, low] = mapped.exec(short) ?? []
  if (high === undefined || low === undefined) return short
  return [high, low].flatMap((part) => [parseInt(part, 16) >> 8, parseInt(part, 16) & 255]).join('.')
}

// A site gets a /56 or a /48 (RFC 6177), and a tunnel of that size is free.
const tiers = [
  { bits: 56, times: 4 },
  { bits: 48, times: 16 },
]

/** The first `bits` of an IPv6 address, in one spelling. */
function prefixOf(groups: readonly number[], bits: number): string {
  const kept = groups.slice(0, 4).map((group, index) => {
    const spare = Math.min(16, Math.max(0, (index + 1) * 16 - bits))
    return ((group >> spare) << spare).toString(16)
  })
  return `${kept.join(':')}::/${bits}`
}

function networksOf(ip: string): Omit<ClientAddress, 'ip'> {
  if (!ip.includes(':')) return { network: ip, wider: [] }
  const [head = '', tail] = ip.split('::')
  const groups = head === '' ? [] : head.split(':')
  const last = tail === undefined || tail === '' ? [] : tail.split(':')
  const all = [...groups, ...Array<string>(8 - groups.length - last.length).fill('0'), ...last]
  const numbers = all.map((group) => parseInt(group, 16))
  return {
    network: prefixOf(numbers, 64),
    wider: tiers.map(({ bits, times }) => ({ network: prefixOf(numbers, bits), times })),
  }
}

/**
 * Determines client addresses. With `trustedProxies` 0 it is the socket's; with n it is the n-th from the
 * right of X-Forwarded-For, and the socket is a proxy. `Forwarded`, `X-Real-IP` and similar headers are never
 * read.
 */
export function createClientAddress({ trustedProxies }: { readonly trustedProxies: number }) {
  return (headers: Headers, socketAddress: string | null): ClientAddress => {
    const told =
      trustedProxies === 0 ? socketAddress : hopOf(headers.get('x-forwarded-for') ?? '', trustedProxies)
    // Checked before trimming: a value longer than an address and a few spaces is invalid.
    if (told === null || told.length > longest) return unknown
    const ip = toIp(told.trim())
    return ip === null ? unknown : { ip, ...networksOf(ip) }
  }
}
