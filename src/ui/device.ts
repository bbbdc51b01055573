/**
 * Reads a device from a user agent, so that people recognize it. It is only shown and never used for a
 * decision, since anybody can write it.
 *
 * Invariant: every name on a page comes from a closed list, so that nobody can put their own words on a page.
 */

import Bowser from 'bowser'
import type { Words } from './texts/say.js'

/** The kind of device, for its icon. */
export type DeviceKind = 'phone' | 'tablet' | 'desktop' | 'unknown'

/** A device as far as it is known. */
export interface Device {
  readonly browser: string | null
  readonly system: string | null
  readonly kind: DeviceKind
}

const nothing: Device = { browser: null, system: null, kind: 'unknown' }
const kinds: Readonly<Record<string, DeviceKind>> = { mobile: 'phone', tablet: 'tablet', desktop: 'desktop' }

// The part of a user agent that a session keeps.
const longestUserAgent = 512

// For an unknown browser, Bowser copies the name from the text itself.
const browsers: ReadonlySet<string> = new Set(Object.values(Bowser.BROWSER_MAP))
const systems: ReadonlySet<string> = new Set(Object.values(Bowser.OS_MAP))
// Known programs that are not browsers (RFC 9110 section 10.1.5).
const programs =
  /^(axios|curl|Go-http-client|HTTPie|node|okhttp|PostmanRuntime|python-requests|undici|Wget)\/(\d{1,4})/

function readProgram(text: string): Device {
  const [, name, major] = programs.exec(text) ?? []
  return name === undefined ? nothing : { ...nothing, browser: `${name} ${major ?? ''}` }
}

function nameBrowser({
  name = '',
  version = '',
}: {
  readonly name?: string
  readonly version?: string
}): string | null {
  if (!browsers.has(name)) return null
  const [major] = /^\d{1,4}/.exec(version) ?? []
  return major === undefined ? name : `${name} ${major}`
}

/** Reads a User-Agent header. */
export function readDevice(userAgent: string | null): Device {
  const text = (userAgent ?? '').slice(0, longestUserAgent)
  if (text.trim() === '') return nothing
  const { browser, os, platform } = Bowser.parse(text)
  const program = readProgram(text)
  if (program !== nothing) return program
  return {
    browser: nameBrowser(browser),
    system: os.name !== undefined && systems.has(os.name) ? os.name : null,
    kind: kinds[platform.type ?? ''] ?? 'unknown',
  }
}

/** Names a device, such as `Firefox 140 on macOS`. */
export function nameDevice({ browser, system }: Device, words: Words): string {
  if (browser !== null && system !== null) return words.say('account.browser_on', { browser, system })
  return browser ?? system ?? words.say('account.unknown_device')
}
