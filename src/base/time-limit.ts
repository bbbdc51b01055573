/** A time limit for work that may never end. It doesn't end the work; it ends the waiting. */

/** What `work` gives or throws, or `late` once `limitMs` have passed. */
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
