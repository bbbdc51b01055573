/**
 * Reports each request once: one log line, one span, one count. It reports the route, the status, the code
 * and the private reason; never an address, a header or a body.
 */

import type { Served } from '../telemetry/index.js'
import type { Engine } from './engine.js'

/** The reported request. `route` is the id of a route, or null if none matches. */
export interface Reported {
  readonly requestId: string
  readonly route: string | null
  readonly method: string
}

/** Reports the requests of one `Auth`. */
export interface Reporter {
  /** Answers by `work` and reports it. */
  answer(request: Reported, work: () => Promise<Served>): Promise<Response>
}

/** Creates the reporter of one `Auth`. */
export function createReporter({
  logger,
  telemetry,
  now,
}: Pick<Engine, 'logger' | 'telemetry' | 'now'>): Reporter {
  function say(request: Reported, { response, error }: Served, ms: number): void {
    // Most requests succeed, and most loggers skip debug lines.
    if (error === undefined && logger.isLevelEnabled?.('debug') === false) return
    const fields = { ...request, status: response.status, ms }
    if (error === undefined) logger.debug(fields, 'request')
    else if (response.status >= 500) {
      const cause = error.cause instanceof Error ? error.cause.message : undefined
      logger.error({ ...fields, code: error.code, reason: error.reason, cause }, 'request failed')
    } else logger.info({ ...fields, code: error.code, reason: error.reason }, 'request refused')
  }

  // A logger that fails must not fail the request that it logs.
  function log(request: Reported, served: Served, ms: number): void {
    try {
      say(request, served, ms)
    } catch {
      return
    }
  }

  return {
    async answer(request, work) {
      const start = now()
      const id = request.route ?? 'none'
      const served = await telemetry.answer({ id, method: request.method }, work)
      const ms = now() - start
      telemetry.answered(id, served.response.status, ms)
      log(request, served, ms)
      return served.response
    },
  }
}
