/** Who asks: the flow of a browser, its address and its name. All of it is told, not judged. */

import { invalidField, isIp } from '../base/index.js'
import { readFlow, readKnownBrowser, requireObject, requireString } from './inputs.js'

const longestUserAgent = 512

/** Where a browser is, and what it calls itself. */
export interface Device {
  readonly ip: string | null
  readonly userAgent: string | null
}

/** Who asks for a secret; `flow` is null on the host's authority. */
export interface Requester extends Device {
  readonly flow: string | null
  readonly knownBrowser: string | null
}

function readIp(ip: unknown): string | null {
  if (ip === undefined) return null
  if (!isIp(requireString('ip', ip))) throw invalidField('ip', 'format')
  return ip as string
}

/** What a browser calls itself, cut where it is too long, and blanked where it can't be shown; null where it says nothing. */
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

/** The address and the name of a browser, as a session and a request keep them. @throws AuthError `input_invalid` */
export function readDevice({ ip, userAgent }: Readonly<Record<string, unknown>>): Device {
  return { ip: readIp(ip), userAgent: readUserAgent(userAgent) }
}

/** Who asks, from the options of an operation. @throws AuthError `input_invalid` */
export function readRequester(options: unknown): Requester {
  return {
    flow: readFlow(options),
    knownBrowser: readKnownBrowser(options),
    ...readDevice(requireObject('options', options)),
  }
}
