/** What a user agent says of a device, for people to recognize. It is told and never judged: anybody can write it. */

import Bowser from 'bowser'
import type { Words } from './texts/say.js'

/** What kind of device, for its picture. */
export type DeviceKind = 'phone' | 'tablet' | 'desktop' | 'unknown'

/** A device as far as it is known. */
export interface Device {
  readonly browser: string | null
  readonly system: string | null
  readonly kind: DeviceKind
}

const nothing: Device = { browser: null, system: null, kind: 'unknown' }
const kinds: Readonly<Record<string, DeviceKind>> = { mobile: 'phone', tablet: 'tablet', desktop: 'desktop' }

// As many characters of a user agent as a session keeps.
const longestUserAgent = 512

/** What is no browser, by its first product (RFC 9110 section 10.1.5), such as `curl/8.5.0`. */
function readProduct(text: string): Device {
  const [, name, major] = /^([A-Za-z][\w.-]{0,30})\/(\d{1,5})/.exec(text) ?? []
  return name === undefined || name === 'Mozilla'
    ? nothing
    : { ...nothing, browser: `${name} ${major ?? ''}` }
}

/** Reads a User-Agent header. */
export function readDevice(userAgent: string | null): Device {
  const text = (userAgent ?? '').slice(0, longestUserAgent)
  if (text.trim() === '') return nothing
  const { browser, os, platform } = Bowser.parse(text)
  if (!browser.name && !os.name) return readProduct(text)
  const [major] = (browser.version ?? '').split('.')
  return {
    browser: browser.name ? [browser.name, major].filter(Boolean).join(' ') : null,
    system: os.name ?? null,
    kind: kinds[platform.type ?? ''] ?? 'unknown',
  }
}

/** Names a device, such as `Firefox 140 on macOS`. */
export function nameDevice({ browser, system }: Device, words: Words): string {
  if (browser !== null && system !== null) return words.say('account.browser_on', { browser, system })
  return browser ?? system ?? words.say('account.unknown_device')
}
