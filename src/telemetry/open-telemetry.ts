/**
 * OpenTelemetry through its API package: if the host registers an SDK, it gets spans and metrics; otherwise
 * nothing is created.
 *
 * Invariants: (1) a span contains names, statuses and codes, never an argument, an address or an error
 * message; (2) an SDK registered later is picked up, and one that is replaced is dropped.
 */

import { createNoopMeter, metrics, SpanStatusCode, trace } from '@opentelemetry/api'
import type { Attributes, Counter, Histogram, MeterProvider, Span } from '@opentelemetry/api'
import { AuthError } from '../base/index.js'
import type { CounterName, GaugeName, Recorder } from './instruments.js'
import { durationBounds, instruments } from './instruments.js'

/** Spans and measurements for a registered SDK. */
export interface OpenTelemetry extends Recorder {
  /** Whether spans are collected. */
  isTracing(): boolean
  /** Runs `work` inside a span; `describe` adds attributes of the result. */
  span<T>(
    name: string,
    about: { readonly attributes?: Attributes; readonly describe?: (result: T) => Attributes },
    work: () => T | Promise<T>,
  ): Promise<T>
}

interface Instruments {
  readonly counters: Readonly<Record<CounterName, Counter>>
  readonly duration: Histogram
}

const library = 'latchkey'
const counterNames = [
  'requests',
  'signIns',
  'messages',
  'refusals',
  'reached',
] as const satisfies readonly CounterName[]

/** The name, code and reason of an error; never its message. */
export function attributesOf(error: unknown): Attributes {
  if (!AuthError.is(error)) return { 'latchkey.code': 'internal' }
  return {
    'latchkey.code': error.code,
    ...(error.reason !== undefined && { 'latchkey.reason': error.reason }),
  }
}

// The API's provider is a proxy in front of the SDK's, and shows whether there is one.
function isProxy(provider: object): provider is { getDelegateTracer(name: string): unknown } {
  return 'getDelegateTracer' in provider
}

function isFault(code: unknown): boolean {
  return code === 'internal' || code === 'unavailable'
}

function finish(span: Span, attributes: Attributes): void {
  span.setAttributes(attributes)
  if (isFault(attributes['latchkey.code'])) span.setStatus({ code: SpanStatusCode.ERROR })
  span.end()
}

/** Creates the spans and instruments of one `Auth`. */
export function createOpenTelemetry(gauges: Readonly<Record<GaugeName, () => number>>): OpenTelemetry {
  let seen: MeterProvider | undefined
  let current: Instruments | null = null

  function build(provider: MeterProvider): Instruments | null {
    const meter = provider.getMeter(library)
    if (meter === createNoopMeter()) return null
    const counter = (name: CounterName): Counter => {
      const { name: text, description } = instruments[name]
      return meter.createCounter(text, { description })
    }
    const { duration, hashQueue } = instruments
    meter
      .createObservableGauge(hashQueue.name, { description: hashQueue.description })
      .addCallback((result) => result.observe(gauges.hashQueue()))
    return {
      counters: Object.fromEntries(
        counterNames.map((name) => [name, counter(name)]),
      ) as Instruments['counters'],
      duration: meter.createHistogram(duration.name, {
        description: duration.description,
        unit: duration.unit,
        advice: { explicitBucketBoundaries: [...durationBounds] },
      }),
    }
  }

  // Instruments created before an SDK was registered would stay silent, so each measurement looks up the
  // current provider.
  function measuring(): Instruments | null {
    const provider = metrics.getMeterProvider()
    if (provider !== seen) {
      seen = provider
      current = build(provider)
    }
    return current
  }

  return {
    isTracing() {
      const provider = trace.getTracerProvider()
      return !isProxy(provider) || provider.getDelegateTracer(library) !== undefined
    },

    span(name, { attributes = {}, describe }, work) {
      return trace.getTracer(library).startActiveSpan(name, { attributes }, async (span) => {
        try {
          const result = await work()
          finish(span, describe?.(result) ?? {})
          return result
        } catch (error) {
          finish(span, attributesOf(error))
          throw error
        }
      })
    },

    count: (name, labels) => measuring()?.counters[name].add(1, labels),
    time: (seconds, labels) => measuring()?.duration.record(seconds, labels),
  }
}
