/** The JSON routes of an `Auth`. */

import { offersPasswords } from '../http/index.js'
import type { RouteDefinition } from '../http/index.js'
import { createContractRoutes } from './docs.js'
import type { ContractPlace } from './openapi.js'
import type { Strategy } from '../strategies/index.js'
import { emailChangeRoute } from './routes/email-change.js'
import { healthRoutes } from './routes/health.js'
import { linkRoutes } from './routes/links.js'
import { metricsRoute } from './routes/metrics.js'
import { recoveryRoutes } from './routes/recovery.js'
import { sessionEventsRoute } from './routes/session-events.js'
import { sessionRoutes } from './routes/sessions.js'
import { signUpRoutes } from './routes/sign-up.js'
import { strategyRoutes } from './routes/strategies.js'
import { userRoutes } from './routes/user.js'

/**
 * Every route of the HTTP API. Without the strategy `password` there are no routes to sign up or recover with
 * one.
 */
export function apiRoutes(
  strategies: readonly Strategy[],
  place: ContractPlace & {
    readonly metrics?: boolean
    readonly openapi?: boolean
    readonly docs?: boolean
  },
): readonly RouteDefinition[] {
  const withPasswords = offersPasswords(strategies)
  const routes = [
    ...signUpRoutes(withPasswords),
    ...strategyRoutes(strategies),
    ...linkRoutes(strategies.find(({ id }) => id === 'magic-link')),
    ...(withPasswords ? recoveryRoutes : []),
    emailChangeRoute,
    ...sessionRoutes,
    sessionEventsRoute,
    ...userRoutes,
    ...healthRoutes,
  ]
  const metrics = place.metrics === true ? [metricsRoute] : []
  const contract = createContractRoutes(routes, place).filter(({ id }) =>
    id === 'contract.document' ? place.openapi !== false : place.docs !== false,
  )
  return [...routes, ...metrics, ...contract]
}
