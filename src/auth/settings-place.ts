/**
 * Reads `baseUrl` and `development`: the origin of links, and whether development or production rules apply.
 *
 * Invariants: (1) development is for one machine: an https `baseUrl`, or one of another machine, means
 * production, whatever NODE_ENV says; (2) only an explicit `development: true` opens development to others.
 */

import { isProduction } from '../base/index.js'
import type { AuthOptions } from './options.js'

/** Who may see the development pages: nobody, only clients on this machine, or everybody. */
export type Development = 'off' | 'local' | 'open'

/** The origin and the rules that apply. */
export interface Place {
  readonly production: boolean
  readonly development: Development
  readonly baseUrl: string
}

const developmentUrl = 'http://localhost:3000'

/** Whether a URL's host is this machine. */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.[0-9]{1,3}){3}$/.test(hostname)
}

function readUrl(value: unknown): URL | null {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : null
  if (url === null || !/^https?:$/.test(url.protocol)) return null
  return url.search === '' && url.hash === '' && url.username === '' ? url : null
}

function readDevelopment(options: AuthOptions, url: URL | null, faults: string[]): Development {
  const { development } = options
  if (development !== undefined && typeof development !== 'boolean')
    faults.push('development: give true or false, or leave it out.')
  if (development === false) return 'off'
  if (isProduction()) {
    if (development === true)
      faults.push('development: true conflicts with NODE_ENV=production; set only one of them.')
    return 'off'
  }
  if (development === true) return 'open'
  const isHere = options.baseUrl === undefined || (url?.protocol === 'http:' && isLoopbackHost(url.hostname))
  return isHere || url === null ? 'local' : 'off'
}

/** Reads `baseUrl` and `development`; each problem is added to `faults` with its fix. */
export function readPlace(options: AuthOptions, faults: string[]): Place {
  const given: unknown = options.baseUrl
  const url = given === undefined ? new URL(developmentUrl) : readUrl(given)
  const development = readDevelopment(options, url, faults)
  const production = development === 'off'
  if (given === undefined && production)
    faults.push('baseUrl: give the https:// origin of your application; production has no default.')
  if (url === null)
    faults.push(
      "baseUrl: give an absolute URL such as 'https://app.example', without a query or credentials.",
    )
  else if (production && url.protocol === 'http:' && !isLoopbackHost(url.hostname))
    faults.push('baseUrl: in production links must be https://, since they carry secrets.')
  return { production, development, baseUrl: (url?.href ?? developmentUrl).replace(/\/$/, '') }
}

/** Explains why production rules apply although NODE_ENV does not say so, for users who miss a default. */
export function whyProduction({ development }: AuthOptions): readonly string[] {
  if (isProduction() || development === false) return []
  return [
    'Production rules apply because baseUrl is https or not a loopback address. Give the missing options, or set development: true if nobody else can reach this machine.',
  ]
}
