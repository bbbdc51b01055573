/**
 * What an engine tells of itself: spans, measurements, and counters for Prometheus where those are switched on.
 *
 * Invariants: (1) nothing told names a person, a secret or an address; (2) without a listener an operation is called as
 * it is; (3) a fault of telemetry is none of the request.
 */

import type { AuthError } from '../base/index.js'
import type { CounterName, Labels } from './instruments.js'
import { attributesOf, createOpenTelemetry } from './open-telemetry.js'
import { createRegistry } from './registry.js'

/** How a request was answered. */
export interface Served {
  readonly response: Response
  readonly error?: AuthError | undefined
}

/** Which route it was. */
export interface TracedRoute {
  readonly id: string
  readonly method: string
}

/** What is told. */
export interface Telemetry {
  /** The same operations, each in a span of its name when somebody takes spans. */
  traced<Operations extends object>(operations: Operations): Operations
  /** Answers a request inside a span. */
  answer(route: TracedRoute, work: () => Promise<Served>): Promise<Served>
  /** A request was answered in so many milliseconds. */
  answered(route: string, status: number, ms: number): void
  /** A sign-in was tried; `success`, or the code of its refusal. */
  signIn(strategy: string, outcome: string): void
  /** A message was tried; `delivered`, `retry`, `failed` or `dropped`. */
  message(event: string, outcome: string): void
  /** A limit refused, or asked for a toll. */
  refused(limit: string): void
  /** A stranger's request was beyond a limit of all, or of a country. */
  reached(limit: string): void
  /** The counters in the text format of Prometheus, or null where they are not kept. */
  render(): string | null
}

type Operation = (...args: unknown[]) => unknown

/** Telemetry of one engine. `keep` switches the counters for Prometheus on. */
export function createTelemetry(options: {
  readonly keep: boolean
  readonly hashQueue: () => number
}): Telemetry {
  const gauges = { hashQueue: options.hashQueue }
  const outside = createOpenTelemetry(gauges)
  const registry = options.keep ? createRegistry(gauges) : null

  // What an SDK throws must not become the answer of a request.
  function quietly(tell: () => void): void {
    try {
      tell()
    } catch {
      return
    }
  }

  function count(name: CounterName, labels: Labels): void {
    quietly(() => outside.count(name, labels))
    registry?.count(name, labels)
  }

  function trace(name: string, operation: Operation): Operation {
    return (...args) =>
      outside.isTracing()
        ? outside.span(`latchkey.accounts.${name}`, {}, () => operation(...args))
        : operation(...args)
  }

  return {
    traced<Operations extends object>(operations: Operations): Operations {
      const entries = Object.entries(operations as Record<string, Operation>)
      return Object.fromEntries(
        entries.map(([name, operation]) => [name, trace(name, operation)]),
      ) as Operations
    },

    answer({ id, method }, work) {
      if (!outside.isTracing()) return work()
      const attributes = { 'http.route': id, 'http.request.method': method }
      const describe = ({ response, error }: Served) => ({
        'http.response.status_code': response.status,
        ...(error !== undefined && attributesOf(error)),
      })
      return outside.span('latchkey.http', { attributes, describe }, work)
    },

    answered(route, status, ms) {
      count('requests', { route, status: String(status) })
      quietly(() => outside.time(ms / 1000, { route }))
      registry?.time(ms / 1000, { route })
    },

    signIn: (strategy, outcome) => count('signIns', { strategy, outcome }),
    message: (event, outcome) => count('messages', { event, outcome }),
    refused: (limit) => count('refusals', { budget: limit }),
    reached: (limit) => count('reached', { limit }),
    render: () => registry?.render() ?? null,
  }
}
