/** The median of paired differences, and how well it is known: a percentile bootstrap (Efron and Tibshirani 1993, §13). */

/** A source of numbers from 0 to below 1 that the same seed repeats (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The middle value. */
export function medianOf(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort()
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

/** An interval that holds the true median with this confidence. */
export interface Interval {
  readonly median: number
  readonly low: number
  readonly high: number
}

const resamples = 2000
const confidence = 0.99

/** The bootstrap interval of the median. */
export function intervalOf(differences: readonly number[], random: () => number): Interval {
  const medians = Array.from({ length: resamples }, () =>
    medianOf(differences.map(() => differences[Math.floor(random() * differences.length)] ?? Number.NaN)),
  ).sort((one, other) => one - other)
  const at = (share: number): number => medians[Math.round(share * (resamples - 1))] ?? Number.NaN
  return { median: medianOf(differences), low: at((1 - confidence) / 2), high: at((1 + confidence) / 2) }
}
