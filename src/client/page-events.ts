/**
 * Events that may change who is signed in without a call of this client: the person returns to the page, or
 * the session ends.
 */

/** The part of `EventSource` that is used. */
export interface EventStream {
  addEventListener(type: string, listener: () => void): void
  close(): void
}

/** The part of a browser's `window` that is used. */
export interface PageLike {
  addEventListener(type: string, listener: () => void): void
  removeEventListener(type: string, listener: () => void): void
  readonly EventSource?:
    (new (url: string, options: { readonly withCredentials: boolean }) => EventStream) | undefined
}

// `visibilitychange` is not in this list: `focus` and `online` already report each return once.
const returns = ['focus', 'online', 'pageshow']
const endings = ['message', 'ended', 'error']

/** The page that this code runs in; null on a server. */
export function currentPage(): PageLike | null {
  const page = globalThis as Partial<PageLike> & { readonly document?: unknown }
  return page.document !== undefined && page.addEventListener !== undefined ? (page as PageLike) : null
}

/** Calls `changed` whenever the person returns to the page. Returns a function that stops it. */
export function watchReturns(page: PageLike, changed: () => void): () => void {
  for (const type of returns) page.addEventListener(type, changed)
  return () => {
    for (const type of returns) page.removeEventListener(type, changed)
  }
}

/** Calls `changed` when the server reports that a session ended. Returns a function that stops it. */
export function watchEndings(page: PageLike, url: string, changed: () => void): () => void {
  if (page.EventSource === undefined) return () => undefined
  const stream = new page.EventSource(url, { withCredentials: true })
  for (const type of endings) stream.addEventListener(type, changed)
  return () => stream.close()
}
