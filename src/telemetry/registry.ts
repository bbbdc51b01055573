/**
 * Counters of this process for Prometheus, in its text format 0.0.4
 * (https://prometheus.io/docs/instrumenting/exposition_formats/). Knows no HTTP.
 */

import type { CounterName, GaugeName, Instrument, Labels, Recorder } from './instruments.js'
import { durationBounds, instruments } from './instruments.js'

/** The content type of the text. */
export const prometheusType = 'text/plain; version=0.0.4; charset=utf-8'

/** A registry; `gauges` are read when it is rendered. */
export interface Registry extends Recorder {
  render(): string
}

interface Counted {
  readonly labels: Labels
  value: number
}

interface Timed {
  readonly labels: Labels
  /** The count of each bucket; the last one is for durations above every bound. */
  readonly buckets: number[]
  sum: number
}

function escape(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

function labelled(name: string, labels: Labels): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${escape(value)}"`)
  return pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`
}

/** The Prometheus name of an instrument: with its unit, and `_total` for counters. */
export function prometheusName({ name, kind, unit }: Instrument): string {
  const plain = name.replaceAll('.', '_')
  return `${plain}${unit === 's' ? '_seconds' : ''}${kind === 'counter' ? '_total' : ''}`
}

function timeLines(name: string, { labels, buckets, sum }: Timed): string[] {
  let count = 0
  const bounds = [...durationBounds.map(String), '+Inf']
  const lines = bounds.map((le, index) => {
    count += buckets[index] ?? 0
    return `${labelled(`${name}_bucket`, { ...labels, le })} ${count}`
  })
  return [
    ...lines,
    `${labelled(`${name}_sum`, labels)} ${sum}`,
    `${labelled(`${name}_count`, labels)} ${count}`,
  ]
}

// Each instrument always gets the same labels in the same order, so their values identify a series.
function seriesOf<Series>(all: Map<string, Series>, labels: Labels, create: () => Series): Series {
  const key = Object.values(labels).join('\n')
  const known = all.get(key)
  if (known !== undefined) return known
  const fresh = create()
  all.set(key, fresh)
  return fresh
}

/** Creates an empty registry. */
export function createRegistry(gauges: Readonly<Record<GaugeName, () => number>>): Registry {
  const counters: Readonly<Record<CounterName, Map<string, Counted>>> = {
    requests: new Map(),
    signIns: new Map(),
    messages: new Map(),
    refusals: new Map(),
    reached: new Map(),
  }
  const durations = new Map<string, Timed>()

  function linesOf(key: keyof typeof instruments): string[] {
    const instrument = instruments[key]
    const name = prometheusName(instrument)
    switch (instrument.kind) {
      case 'counter':
        return [...counters[key as CounterName].values()].map(
          ({ labels, value }) => `${labelled(name, labels)} ${value}`,
        )
      case 'histogram':
        return [...durations.values()].flatMap((series) => timeLines(name, series))
      case 'gauge':
        return [`${name} ${gauges[key as GaugeName]()}`]
    }
  }

  return {
    count(name, labels) {
      seriesOf(counters[name], labels, () => ({ labels, value: 0 })).value++
    },

    time(seconds, labels) {
      const series = seriesOf(durations, labels, () => ({
        labels,
        buckets: Array<number>(durationBounds.length + 1).fill(0),
        sum: 0,
      }))
      const fits = durationBounds.findIndex((bound) => seconds <= bound)
      const index = fits === -1 ? durationBounds.length : fits
      series.buckets[index] = (series.buckets[index] ?? 0) + 1
      series.sum += seconds
    },

    render() {
      const keys = Object.keys(instruments) as (keyof typeof instruments)[]
      const blocks = keys.map((key) => {
        const name = prometheusName(instruments[key])
        const { description, kind } = instruments[key]
        return [`# HELP ${name} ${description}`, `# TYPE ${name} ${kind}`, ...linesOf(key)].join('\n')
      })
      return `${blocks.join('\n')}\n`
    },
  }
}
