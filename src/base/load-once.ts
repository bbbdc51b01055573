/**
 * Loads a module, a file or a connection on first use.
 *
 * Invariant: a failed load is never cached. The next call starts it again.
 */

/** Loads on the first call and caches the result; after a failure the next call loads again. */
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
 * Loads a package by `import`, which bundlers see, and else by `require`: Node caches a failed import until
 * the process ends, even if only a file descriptor was missing, while `require` reads the files again.
 * @throws the error of `import`: while descriptors are missing, `require` reports the package as absent
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
// The same error from native modules, whose loader sets no code.
const wordsOfShortage = /too many open files|cannot allocate memory|resource temporarily unavailable/i
const maxLinks = 5

/** Whether the machine was temporarily out of a resource, as opposed to the file being absent. */
export function isShortage(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth === maxLinks) return false
  const { code, message, cause, errors } = error as Record<string, unknown>
  if (typeof code === 'string' && shortages.has(code)) return true
  if (typeof message === 'string' && wordsOfShortage.test(message)) return true
  const others: readonly unknown[] = Array.isArray(errors) ? errors : []
  return [cause, ...others].some((each) => isShortage(each, depth + 1))
}
