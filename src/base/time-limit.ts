/** A time limit for work that may never end. The work itself continues; only the waiting ends. */

/** The result of `work`, or its error, or `late` after `limitMs`. */
export async function withTimeLimit<T, L>(work: Promise<T>, limitMs: number, late: L): Promise<T | L> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<L>((resolve) => {
    timer = setTimeout(() => resolve(late), limitMs)
  })
  try {
    return await Promise.race([work, limit])
  } finally {
    clearTimeout(timer)
  }
}
