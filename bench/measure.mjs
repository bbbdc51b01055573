// Interleaved measuring: every contestant has a turn in each round, in an order that changes, and the median counts.

/** The median of numbers. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]
}

/** Runs `task` with `inFlight` at once for `ms`, and returns operations per second. */
export async function throughput(task, inFlight, ms) {
  const end = performance.now() + ms
  let done = 0
  const start = performance.now()
  await Promise.all(
    Array.from({ length: inFlight }, async (_, lane) => {
      while (performance.now() < end) {
        await task(lane)
        done++
      }
    }),
  )
  return (done * 1000) / (performance.now() - start)
}

/** Runs all contestants in each of the rounds. Gives the median of each, and of each ratio to the first. */
export async function compare(contestants, { inFlight, ms, rounds }) {
  const names = Object.keys(contestants)
  const rates = Object.fromEntries(names.map((name) => [name, []]))
  for (const name of names) await throughput(contestants[name], inFlight, ms / 2)
  for (let round = 0; round < rounds; round++) {
    const order = names.map((_, index) => names[(index + round) % names.length])
    for (const name of order) rates[name].push(await throughput(contestants[name], inFlight, ms))
  }
  const [floor] = names
  return names.map((name) => {
    const ratios = rates[name].map((rate, round) => rate / rates[floor][round])
    return {
      name,
      perSecond: Math.round(median(rates[name])),
      ratio: Number(median(ratios).toFixed(3)),
      spread: [Math.min(...ratios).toFixed(2), Math.max(...ratios).toFixed(2)].join(' to '),
    }
  })
}
