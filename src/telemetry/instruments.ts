/**
 * What is measured, as one table. OpenTelemetry takes the names as they are; for Prometheus they are spelled by its
 * rules (https://prometheus.io/docs/practices/naming/).
 *
 * Invariant: every label has a closed set of values, so that nobody outside can grow the number of series.
 */

/** One instrument. */
export interface Instrument {
  readonly name: string
  readonly kind: 'counter' | 'histogram' | 'gauge'
  readonly description: string
  readonly unit?: 's'
}

/** Labels of one measurement. */
export type Labels = Readonly<Record<string, string>>

/** All instruments by the name that our code uses. */
export const instruments = {
  requests: {
    name: 'latchkey.http.requests',
    kind: 'counter',
    description: 'Requests that were answered, by route and status.',
  },
  duration: {
    name: 'latchkey.http.request.duration',
    kind: 'histogram',
    description: 'How long requests took, by route.',
    unit: 's',
  },
  signIns: {
    name: 'latchkey.sign_ins',
    kind: 'counter',
    description: 'Sign-ins over HTTP by strategy and outcome: success, or the code of the refusal.',
  },
  messages: {
    name: 'latchkey.messages',
    kind: 'counter',
    description: 'Tries to deliver a message by event and outcome: delivered, retry, failed or dropped.',
  },
  refusals: {
    name: 'latchkey.limiter.refusals',
    kind: 'counter',
    description: 'Requests that a limit refused, or asked to solve a toll, by limit.',
  },
  reached: {
    name: 'latchkey.limiter.reached',
    kind: 'counter',
    description: 'Requests of strangers beyond a limit of all, or of a country, by limit.',
  },
  hashQueue: {
    name: 'latchkey.hash.queue',
    kind: 'gauge',
    description: 'Passwords that wait for being hashed.',
  },
} as const satisfies Readonly<Record<string, Instrument>>

type NamesOf<Kind extends Instrument['kind']> = {
  [Name in keyof typeof instruments]: (typeof instruments)[Name]['kind'] extends Kind ? Name : never
}[keyof typeof instruments]

/** What is counted. */
export type CounterName = NamesOf<'counter'>

/** What is read when somebody asks. */
export type GaugeName = NamesOf<'gauge'>

/** The upper bounds of the buckets of durations, in seconds. */
export const durationBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] as const

/** Where measurements go. */
export interface Recorder {
  count(name: CounterName, labels: Labels): void
  /** A duration in seconds. */
  time(seconds: number, labels: Labels): void
}
