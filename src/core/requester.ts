/**
 * The requester: flow, address and name of a browser. All of it is reported by the client and proves nothing.
 */

import { invalidField, isIp } from '../base/index.js'
import { readFlow, readKnownBrowser, requireObject, requireString } from './inputs.js'

const longestUserAgent = 512

/** The IP address of a browser, and its user agent. */
export interface Device {
  readonly ip: string | null
  readonly userAgent: string | null
}

/** Who requests a secret; `flow` is null when the host does. */
export interface Requester extends Device {
  readonly flow: string | null
  readonly knownBrowser: string | null
}

function readIp(ip: unknown): string | null {
  if (ip === undefined) return null
  if (!isIp(requireString('ip', ip))) throw invalidField('ip', 'format')
  return ip as string
}

/**
 * The user agent, truncated if too long, with control characters replaced by spaces; null when it is empty.
 */
export function toShownUserAgent(userAgent: string): string | null {
  if (userAgent === '') return null
  return userAgent
    .slice(0, longestUserAgent)
    .toWellFormed()
    .replace(/\p{Cc}/gu, ' ')
}

function readUserAgent(userAgent: unknown): string | null {
  if (userAgent === undefined || userAgent === '') return null
  return toShownUserAgent(requireString('userAgent', userAgent))
}

/**
 * The address and the user agent of a browser, as stored with sessions and requests.
 * @throws AuthError `input_invalid`
 */
export function readDevice({ ip, userAgent }: Readonly<Record<string, unknown>>): Device {
  return { ip: readIp(ip), userAgent: readUserAgent(userAgent) }
}

/** The requester, from the options of an operation. @throws AuthError `input_invalid` */
export function readRequester(options: unknown): Requester {
  return {
    flow: readFlow(options),
    knownBrowser: readKnownBrowser(options),
    ...readDevice(requireObject('options', options)),
  }
}
