/** @jsxImportSource react */
/**
 * `latchkey/react`: who is signed in, for the components of a React application (18 and later). It also
 * renders on a server, and calls the API only in a browser.
 *
 * Invariant: components only decide what is shown. The server checks every request for what a person may do.
 */

import { createContext, useContext, useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import type { ReactNode } from 'react'
import type { Scope } from '../contract/index.js'
import type { Client } from './client.js'
import { currentPage, watchEndings, watchReturns } from './page-events.js'
import { createScopeStore } from './scope-store.js'
import type { InitialScope, ScopeState, ScopeStore } from './scope-store.js'

export type { InitialScope, ScopeState } from './scope-store.js'

/** Who is signed in, and the actions on it. */
export type UsedScope = ScopeState & {
  readonly client: Client
  /** Asks the server again. */
  refresh(): Promise<void>
}

/** The props of the provider. */
export interface LatchkeyProviderProps {
  readonly client: Client
  /**
   * The scope that the server rendered the page with: `auth.scope(request)` as JSON, or null if nobody is
   * signed in.
   */
  readonly initialScope?: InitialScope
  /** Whether the page learns at once that its session ended, over one open connection. @default false */
  readonly live?: boolean
  readonly children?: ReactNode
}

interface Provided {
  readonly client: Client
  readonly store: ScopeStore
}

const Context = createContext<Provided | null>(null)

/**
 * Provides who is signed in to the components below it.
 * @example
 * ```tsx
 * <LatchkeyProvider client={client}>
 *   <SignedIn>{({ user }) => <p>Hello {user.name}</p>}</SignedIn>
 *   <SignedOut><a href="/auth/sign-in">Sign in</a></SignedOut>
 * </LatchkeyProvider>
 * ```
 */
export function LatchkeyProvider(props: LatchkeyProviderProps) {
  const { client, initialScope, live = false, children } = props
  // Only the first initial scope counts; later values of the prop are ignored.
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

/** Returns who is signed in. @throws TypeError outside a `LatchkeyProvider` */
export function useScope(): UsedScope {
  const provided = useContext(Context)
  if (provided === null) throw new TypeError('useScope needs a <LatchkeyProvider client={…}> above it.')
  const { client, store } = provided
  const state = useSyncExternalStore(store.subscribe, store.get, store.get)
  return useMemo(() => ({ ...state, client, refresh: store.refresh }), [state, client, store])
}

/** Renders its children if somebody is signed in; a function gets the scope. */
export function SignedIn({ children }: { readonly children?: ReactNode | ((scope: Scope) => ReactNode) }) {
  const { scope } = useScope()
  if (scope === null) return null
  return <>{typeof children === 'function' ? children(scope) : children}</>
}

/** Renders its children if nobody is signed in, and nothing while that is unknown. */
export function SignedOut({ children }: { readonly children?: ReactNode }) {
  const { status } = useScope()
  return status === 'signed-out' ? <>{children}</> : null
}
