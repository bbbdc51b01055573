/** What a piece of work costs: the least of a few runs, since everything above it is the machine's doing. */

const runs = 5

/** Milliseconds of the fastest run. */
export async function costOf(work: () => unknown): Promise<number> {
  let least = Infinity
  for (let run = 0; run < runs; run++) {
    const start = performance.now()
    await work()
    least = Math.min(least, performance.now() - start)
  }
  return least
}
