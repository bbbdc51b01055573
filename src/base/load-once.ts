/**
 * What is loaded at its first use: a module, a file, a connection.
 *
 * Invariant: a load that failed is never kept. The next call begins it anew.
 */

/** Loads at the first call, and keeps what came of it; a load that failed is begun anew by the next call. */
export function loadOnce<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined
  return () => {
    if (loading !== undefined) return loading
    const begun = load()
    loading = begun
    begun.catch(() => {
      if (loading === begun) loading = undefined
    })
    return begun
  }
}

/**
 * A package by `import`, which bundlers see, and else by `require`: Node keeps an import that failed as failed until
 * the process ends, even where only a file descriptor was missing, while `require` reads the files again.
 * @throws what `import` threw: while descriptors are missing, `require` takes a package for absent
 */
export async function importOrRequire<T>(importing: () => Promise<T>, requiring: () => T): Promise<T> {
  try {
    return await importing()
  } catch (error) {
    try {
      return requiring()
    } catch {
      throw error
    }
  }
}

const shortages = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN', 'ERR_WORKER_INIT_FAILED'])
// What native modules, whose loader gives no code, say of the same.
const wordsOfShortage = /too many open files|cannot allocate memory|resource temporarily unavailable/i
const maxLinks = 5

/** Whether the machine had too little of something for a moment, rather than that something is not there. */
export function isShortage(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth === maxLinks) return false
  const { code, message, cause, errors } = error as Record<string, unknown>
  if (typeof code === 'string' && shortages.has(code)) return true
  if (typeof message === 'string' && wordsOfShortage.test(message)) return true
  const others: readonly unknown[] = Array.isArray(errors) ? errors : []
  return [cause, ...others].some((each) => isShortage(each, depth + 1))
}
