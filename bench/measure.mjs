// Statistics of measurements.

/** The value below which this fraction of a sorted list lies. */
export const percentile = (sorted, part) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN

/** The median of numbers. */
export const median = (values) =>
  percentile(
    [...values].sort((a, b) => a - b),
    0.5,
  )

/** Runs `task` with `inFlight` at once for `ms`. Times are milliseconds. */
export async function throughput(task, inFlight, ms) {
  const times = []
  const start = performance.now()
  const end = start + ms
  await Promise.all(
    Array.from({ length: inFlight }, async (_, lane) => {
      for (let last = performance.now(); last < end;) {
        await task(lane)
        const now = performance.now()
        times.push(now - last)
        last = now
      }
    }),
  )
  const seconds = (performance.now() - start) / 1000
  const sorted = Float64Array.from(times).sort()
  return {
    done: times.length,
    perSecond: times.length / seconds,
    p50: percentile(sorted, 0.5),
    p99: percentile(sorted, 0.99),
  }
}
