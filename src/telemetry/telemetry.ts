/**
 * The telemetry of an `Auth`: spans, measurements, and counters for Prometheus if they are enabled.
 *
 * Invariants: (1) telemetry never contains a person, a secret or an address; (2) without a listener an
 * operation is called directly; (3) a fault of telemetry never fails a request.
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

/** The route of a request. */
export interface TracedRoute {
  readonly id: string
  readonly method: string
}

/** Records what happens. */
export interface Telemetry {
  /** Returns the same operations, each in a span of its name if spans are collected. */
  traced<Operations extends object>(operations: Operations): Operations
  /** Answers a request inside a span. */
  answer(route: TracedRoute, work: () => Promise<Served>): Promise<Served>
  /** Records a response and its duration in milliseconds. */
  answered(route: string, status: number, ms: number): void
  /** Records a sign-in; the outcome is `success` or an error code. */
  signIn(strategy: string, outcome: string): void
  /** Records an attempt to deliver a message; the outcome is `delivered`, `retry`, `failed` or `dropped`. */
  message(event: string, outcome: string): void
  /** Records that a limit refused a request or required a toll. */
  refused(limit: string): void
  /** Records that a stranger's request exceeded a limit shared by all, or by a country. */
  reached(limit: string): void
  /** The counters in the text format of Prometheus, or null if they are not kept. */
  render(): string | null
}

type Operation = (...args: unknown[]) => unknown

/** Creates the telemetry of one `Auth`. `keep` enables the counters for Prometheus. */
export function createTelemetry(options: {
  readonly keep: boolean
  readonly hashQueue: () => number
}): Telemetry {
  const gauges = { hashQueue: options.hashQueue }
  const outside = createOpenTelemetry(gauges)
  const registry = options.keep ? createRegistry(gauges) : null

  // An error of an SDK must not become the response of a request.
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
