/** @jsxImportSource react */
/**
 * `latchkey/react`: who is signed in, for the components of a React application (18 and later). It renders on a server
 * too, and asks only in a browser.
 *
 * Invariant: what a component shows is for the eye; what a person may do is judged by the server, at every request.
 */

import { createContext, useContext, useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import type { ReactNode } from 'react'
import type { Scope } from '../contract/index.js'
import type { Client } from './client.js'
import { currentPage, watchEndings, watchReturns } from './page-events.js'
import { createScopeStore } from './scope-store.js'
import type { InitialScope, ScopeState, ScopeStore } from './scope-store.js'

export type { InitialScope, ScopeState } from './scope-store.js'

/** Who is signed in, and what can be done about it. */
export type UsedScope = ScopeState & {
  readonly client: Client
  /** Asks the server again. */
  refresh(): Promise<void>
}

/** What the provider takes. */
export interface LatchkeyProviderProps {
  readonly client: Client
  /** What the server that rendered the page knew: `auth.scope(request)` as JSON, or null for nobody. */
  readonly initialScope?: InitialScope
  /** Whether the server tells of an ended session at once, over one open connection. Default: false. */
  readonly live?: boolean
  readonly children?: ReactNode
}

interface Provided {
  readonly client: Client
  readonly store: ScopeStore
}

const Context = createContext<Provided | null>(null)

/** Knows who is signed in, for everything below it. */
export function LatchkeyProvider(props: LatchkeyProviderProps) {
  const { client, initialScope, live = false, children } = props
  // The initial scope is what was known when the page was made; a later one changes nothing.
  const [first] = useState(() => initialScope)
  const provided = useMemo(() => ({ client, store: createScopeStore(client, first) }), [client, first])
  const { store } = provided
  const { status } = useSyncExternalStore(store.subscribe, store.get, store.get)

  useEffect(() => {
    const refresh = () => void store.refresh()
    const page = currentPage()
    const ends = [client.subscribe(refresh), ...(page === null ? [] : [watchReturns(page, refresh)])]
    refresh()
    return () => ends.forEach((end) => end())
  }, [client, store])

  useEffect(() => {
    const page = currentPage()
    if (!live || status !== 'signed-in' || page === null) return undefined
    return watchEndings(page, client.eventsUrl, () => void store.refresh())
  }, [client, store, live, status])

  return <Context.Provider value={provided}>{children}</Context.Provider>
}

/** Who is signed in. @throws TypeError outside a `LatchkeyProvider` */
export function useScope(): UsedScope {
  const provided = useContext(Context)
  if (provided === null) throw new TypeError('useScope needs a <LatchkeyProvider client={…}> above it.')
  const { client, store } = provided
  const state = useSyncExternalStore(store.subscribe, store.get, store.get)
  return useMemo(() => ({ ...state, client, refresh: store.refresh }), [state, client, store])
}

/** Shows its children to whoever is signed in; as a function they get the scope. */
export function SignedIn({ children }: { readonly children?: ReactNode | ((scope: Scope) => ReactNode) }) {
  const { scope } = useScope()
  if (scope === null) return null
  return <>{typeof children === 'function' ? children(scope) : children}</>
}

/** Shows its children where nobody is signed in; nothing while that is not known yet. */
export function SignedOut({ children }: { readonly children?: ReactNode }) {
  const { status } = useScope()
  return status === 'signed-out' ? <>{children}</> : null
}
