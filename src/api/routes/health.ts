/** Whether the process runs, and whether it can serve requests. */

import { healthSchema, readySchema } from '../../contract/index.js'
import type { RouteDefinition } from '../../http/index.js'
import { defineRoute } from '../../http/index.js'

/** The routes of health. */
export const healthRoutes: readonly RouteDefinition[] = [
  defineRoute({
    id: 'health',
    method: 'GET',
    path: '/health',
    access: 'public',
    summary: 'Whether the process runs',
    answers: { 200: { description: 'It does.', schema: healthSchema } },
    handle: () => ({ status: 200, body: { status: 'ok' } }),
  }),

  defineRoute({
    id: 'ready',
    method: 'GET',
    path: '/ready',
    access: 'public',
    summary: 'Whether database and schema are as they should be',
    answers: {
      200: { description: 'They are.', schema: readySchema },
      503: { description: 'They are not.', schema: readySchema },
    },
    async handle({ engine }) {
      const { status } = await engine.health()
      return { status: status === 'ok' ? 200 : 503, body: { status } }
    },
  }),
]
