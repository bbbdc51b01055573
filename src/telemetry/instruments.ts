/**
 * Everything that is measured, in one table. OpenTelemetry uses the names as they are; for Prometheus they
 * are converted by its rules (https://prometheus.io/docs/practices/naming/).
 *
 * Invariant: every label has a closed set of values, so that no client can increase the number of series.
 */

/** One instrument. */
export interface Instrument {
  readonly name: string
  readonly kind: 'counter' | 'histogram' | 'gauge'
  readonly description: string
  readonly unit?: 's'
}

/** The labels of one measurement. */
export type Labels = Readonly<Record<string, string>>

/** All instruments by the name that the code uses. */
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

/** The instruments that count. */
export type CounterName = NamesOf<'counter'>

/** The instruments that are read on demand. */
export type GaugeName = NamesOf<'gauge'>

/** The upper bounds of the duration buckets, in seconds. */
export const durationBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] as const

/** Receives measurements. */
export interface Recorder {
  count(name: CounterName, labels: Labels): void
  /** Records a duration in seconds. */
  time(seconds: number, labels: Labels): void
}
