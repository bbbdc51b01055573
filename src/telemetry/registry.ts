/**
 * Counters that this process keeps for Prometheus, in its text format 0.0.4
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

interface Series {
  readonly labels: Labels
  readonly buckets: number[]
  count: number
  sum: number
}

function escape(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

function labelled(name: string, labels: Labels): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${escape(value)}"`)
  return pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`
}

/** The name of an instrument as Prometheus spells it: with its unit, and `_total` for what only grows. */
export function prometheusName({ name, kind, unit }: Instrument): string {
  const plain = name.replaceAll('.', '_')
  return `${plain}${unit === 's' ? '_seconds' : ''}${kind === 'counter' ? '_total' : ''}`
}

function timeLines(name: string, { labels, buckets, count, sum }: Series): string[] {
  return [
    ...durationBounds.map(
      (bound, index) =>
        `${labelled(`${name}_bucket`, { ...labels, le: String(bound) })} ${buckets[index] ?? 0}`,
    ),
    `${labelled(`${name}_bucket`, { ...labels, le: '+Inf' })} ${count}`,
    `${labelled(`${name}_sum`, labels)} ${sum}`,
    `${labelled(`${name}_count`, labels)} ${count}`,
  ]
}

/** An empty registry. */
export function createRegistry(gauges: Readonly<Record<GaugeName, () => number>>): Registry {
  const counters = new Map<CounterName, Map<string, number>>()
  const durations = new Map<string, Series>()

  function linesOf(key: keyof typeof instruments): string[] {
    const instrument = instruments[key]
    const name = prometheusName(instrument)
    switch (instrument.kind) {
      case 'counter':
        return [...(counters.get(key as CounterName) ?? [])].map(([labels, value]) => `${labels} ${value}`)
      case 'histogram':
        return [...durations.values()].flatMap((series) => timeLines(name, series))
      case 'gauge':
        return [`${name} ${gauges[key as GaugeName]()}`]
    }
  }

  return {
    count(name, labels) {
      const key = labelled(prometheusName(instruments[name]), labels)
      const known = counters.get(name) ?? new Map<string, number>()
      counters.set(name, known.set(key, (known.get(key) ?? 0) + 1))
    },

    time(seconds, labels) {
      const key = labelled('', labels)
      const series = durations.get(key) ?? { labels, buckets: durationBounds.map(() => 0), count: 0, sum: 0 }
      series.count++
      series.sum += seconds
      durationBounds.forEach((bound, index) => {
        if (seconds <= bound) series.buckets[index] = (series.buckets[index] ?? 0) + 1
      })
      durations.set(key, series)
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
