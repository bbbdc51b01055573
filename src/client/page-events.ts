/** What may change who is signed in without a call of ours: a page that comes back, and a session that is ended. */

/** As much of `EventSource` as is needed. */
export interface EventStream {
  addEventListener(type: string, listener: () => void): void
  close(): void
}

/** As much of a browser's page as is needed. */
export interface PageLike {
  addEventListener(type: string, listener: () => void): void
  removeEventListener(type: string, listener: () => void): void
  readonly EventSource?:
    (new (url: string, options: { readonly withCredentials: boolean }) => EventStream) | undefined
}

// `visibilitychange` is not among them: with `focus` and `online` every return is seen once.
const returns = ['focus', 'online', 'pageshow']
const endings = ['message', 'ended', 'error']

/** The page that this runs in; null on a server. */
export function currentPage(): PageLike | null {
  const page = globalThis as Partial<PageLike> & { readonly document?: unknown }
  return page.document !== undefined && page.addEventListener !== undefined ? (page as PageLike) : null
}

/** Calls back whenever somebody comes back to the page. Returns the end of that. */
export function watchReturns(page: PageLike, changed: () => void): () => void {
  for (const type of returns) page.addEventListener(type, changed)
  return () => {
    for (const type of returns) page.removeEventListener(type, changed)
  }
}

/** Calls back when the server tells that a session was ended. Returns the end of that. */
export function watchEndings(page: PageLike, url: string, changed: () => void): () => void {
  if (page.EventSource === undefined) return () => undefined
  const stream = new page.EventSource(url, { withCredentials: true })
  for (const type of endings) stream.addEventListener(type, changed)
  return () => stream.close()
}
