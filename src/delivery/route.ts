/** Combines one sender for email and one for phones. */

import type { Sender } from '../core/index.js'
import { permanentFault } from './fault.js'
import { createChecks } from './options.js'

/** The sender for each type of address. */
export interface Routes {
  /** Delivers to email addresses. */
  readonly email?: Sender | undefined
  /** Delivers to phone numbers. */
  readonly phone?: Sender | undefined
}

/**
 * Combines a sender for email and a sender for phones into one.
 * @example
 * ```ts
 * const sender = route({ email: smtp(mail), phone: sms(twilio) })
 * ```
 * @throws ConfigError if neither is given, or if one is not a sender
 */
export function route(routes: Routes): Sender {
  const checks = createChecks('route')
  checks.must(
    routes.email !== undefined || routes.phone !== undefined,
    'give a sender for email, phone, or both.',
  )
  for (const [name, sender] of Object.entries(routes)) {
    const good = sender === undefined || typeof (sender as Partial<Sender>).deliver === 'function'
    checks.must(good, `${name} must be a sender, such as smtp() or sms().`)
  }
  checks.done()
  return {
    reaches: (['email', 'phone'] as const).filter((type) => routes[type] !== undefined),
    deliver(message, delivery) {
      const sender = routes[message.to.type]
      if (sender === undefined)
        return Promise.reject(permanentFault(`There is no sender for ${message.to.type}.`))
      return sender.deliver(message, delivery)
    },
  }
}
