/** A point that callers wait at until as many have arrived as are awaited. */

/** Work that resolves once it was called `parties` times; later calls pass. */
export function createBarrier(parties: number): () => Promise<void> {
  let arrived = 0
  let open = (): void => undefined
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return () => {
    if (++arrived >= parties) open()
    return opened
  }
}
