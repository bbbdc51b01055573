/** The JSON routes of an `Auth`. */

import type { ZodType } from 'zod'
import { offersPasswords } from '../http/index.js'
import type { RouteDefinition } from '../http/index.js'
import { createContractRoutes } from './docs.js'
import type { ContractPlace } from './openapi.js'
import type { Strategy } from '../strategies/index.js'
import { healthRoutes } from './routes/health.js'
import { linkRoutes } from './routes/links.js'
import { metricsRoute } from './routes/metrics.js'
import { sessionEventsRoute } from './routes/session-events.js'
import { sessionRoutes } from './routes/sessions.js'
import { signUpRoutes } from './routes/sign-up.js'
import { strategyRoutes } from './routes/strategies.js'
import { userRoutes } from './routes/user.js'

/** What a feature adds to the API. */
export interface ApiFeature {
  readonly routes: readonly RouteDefinition[]
  /** Its schemas, by their names in the OpenAPI document. */
  readonly schemas?: Readonly<Record<string, ZodType>>
}

/**
 * Every route of the HTTP API. Without the strategy `password` there is no route to sign up with one.
 */
export function apiRoutes(
  strategies: readonly Strategy[],
  place: ContractPlace & {
    readonly metrics?: boolean
    readonly openapi?: boolean
    readonly docs?: boolean
  },
  features: readonly ApiFeature[] = [],
): readonly RouteDefinition[] {
  const withPasswords = offersPasswords(strategies)
  const routes = [
    ...signUpRoutes(withPasswords),
    ...strategyRoutes(strategies),
    ...linkRoutes(strategies.find(({ id }) => id === 'magic-link')),
    ...features.flatMap(({ routes }) => routes),
    ...sessionRoutes,
    sessionEventsRoute,
    ...userRoutes,
    ...healthRoutes,
  ]
  const schemas = Object.fromEntries(features.flatMap((feature) => Object.entries(feature.schemas ?? {})))
  const metrics = place.metrics === true ? [metricsRoute] : []
  const contract = createContractRoutes(routes, { ...place, schemas }).filter(({ id }) =>
    id === 'contract.document' ? place.openapi !== false : place.docs !== false,
  )
  return [...routes, ...metrics, ...contract]
}
