/** The metrics of this process for Prometheus. Served only if `metrics` is enabled. */

import { AuthError } from '../../base/index.js'
import type { RouteDefinition } from '../../http/index.js'
import { defineRoute } from '../../http/index.js'
import { prometheusType } from '../../telemetry/index.js'

/** The route of the metrics. */
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
