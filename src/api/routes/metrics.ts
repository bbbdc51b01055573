/** The counters of this process, for Prometheus. There only where `metrics` is switched on. */

import { AuthError } from '../../base/index.js'
import type { RouteDefinition } from '../../http/index.js'
import { defineRoute } from '../../http/index.js'
import { prometheusType } from '../../telemetry/index.js'

/** The route of the counters. */
export const metricsRoute: RouteDefinition = defineRoute({
  id: 'metrics',
  method: 'GET',
  path: '/metrics',
  access: 'public',
  summary: 'Counters of this process in the text format of Prometheus',
  hidden: true,
  answers: { 200: { description: 'The counters.' } },
  handle({ engine }) {
    const text = engine.telemetry.render()
    if (text === null) throw new AuthError('not_found')
    return {
      status: 'complete',
      response: new Response(text, { headers: { 'Content-Type': prometheusType } }),
    }
  },
})
