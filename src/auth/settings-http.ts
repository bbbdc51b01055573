/** Reads the HTTP options: the strategies and the allowed origins. */

import type { AuthOptions } from './options.js'
import type { Strategy } from '../strategies/index.js'
import { emailOtp, magicLink, password, smsOtp } from '../strategies/index.js'

// Path segments of the kernel below the base path that no strategy may use as its id.
const taken = new Set(
  `sign-up sign-in sign-out signed-out verification verify session sessions user identities account confirm
  health ready metrics docs dev assets`.split(/\s+/),
)

function isStrategy(value: unknown): value is Strategy {
  const { id, name, identity, kind, fields, request } = (value ?? {}) as Partial<Strategy>
  return (
    typeof id === 'string' &&
    /^[a-z][a-z0-9-]{0,31}$/.test(id) &&
    typeof name === 'string' &&
    typeof identity === 'string' &&
    ['credential', 'passwordless', 'social'].includes(kind as string) &&
    Array.isArray(fields?.request) &&
    typeof request === 'function'
  )
}

/**
 * The configured strategies, none of which has the name of a segment of a feature. The default is `password`,
 * `magic-link` and `email-otp`, and `sms-otp` if the sender reaches phones.
 */
export function readStrategies(
  { strategies, sender }: AuthOptions,
  featureSegments: readonly string[],
  faults: string[],
): readonly Strategy[] {
  if (strategies === undefined) {
    const phones = sender?.reaches?.includes('phone') === true
    return [password(), magicLink(), emailOtp(), ...(phones ? [smsOtp()] : [])]
  }
  if (!Array.isArray(strategies) || !strategies.every(isStrategy)) {
    faults.push('strategies: give a list such as [password(), magicLink()] from latchkey/strategies.')
    return []
  }
  const ids = (strategies as readonly Strategy[]).map(({ id }) => id)
  for (const id of ids)
    if (taken.has(id) || featureSegments.includes(id))
      faults.push(`strategies: ${id} is already the name of a route.`)
  if (new Set(ids).size < ids.length) faults.push('strategies: each id can be listed only once.')
  return [...(strategies as readonly Strategy[])]
}

/** The origins whose pages may call the API. */
export function readOrigins(value: unknown, faults: string[]): readonly string[] {
  const origins: unknown[] = Array.isArray(value) ? value : []
  const good = origins.every(
    (origin) => typeof origin === 'string' && URL.canParse(origin) && new URL(origin).origin === origin,
  )
  if (!Array.isArray(value) || !good)
    faults.push("allowedOrigins: give a list of origins such as ['https://app.example'], without a path.")
  return good ? (origins as string[]) : []
}
