/**
 * Who is signed in, as an observable value for the components of a page. It depends on no framework, and uses
 * the browser only through its arguments.
 *
 * Invariants: (1) requests never overlap, so an older response can't replace a newer one; (2) a server that
 * can't be reached signs nobody out; (3) the value stays the same object until something changes.
 */

import type { Scope } from '../contract/index.js'
import type { Client } from './client.js'
import { AuthError } from './error.js'

/** Who is signed in, as far as this page knows. */
export type ScopeState =
  | { readonly status: 'loading'; readonly scope: null; readonly error: AuthError | null }
  | { readonly status: 'signed-in'; readonly scope: Scope; readonly error: AuthError | null }
  | { readonly status: 'signed-out'; readonly scope: null; readonly error: AuthError | null }

/** The current value, and how to refresh it. */
export interface ScopeStore {
  get(): ScopeState
  /** Asks the server again. Any number of calls during a request cause one more request after it. */
  refresh(): Promise<void>
  subscribe(listener: () => void): () => void
}

/** The value before the first request: a scope, `null` if nobody is signed in, or undefined if unknown. */
export type InitialScope = Scope | null | undefined

function stateOf(scope: InitialScope): ScopeState {
  if (scope === undefined) return { status: 'loading', scope: null, error: null }
  return scope === null
    ? { status: 'signed-out', scope, error: null }
    : { status: 'signed-in', scope, error: null }
}

/** Creates the store of one client. */
export function createScopeStore(client: Pick<Client, 'session'>, initial: InitialScope): ScopeStore {
  const listeners = new Set<() => void>()
  let state = stateOf(initial)
  let asking: Promise<void> | null = null
  let again = false

  function set(next: ScopeState): void {
    if (JSON.stringify(next) === JSON.stringify(state)) return
    state = next
    for (const listener of listeners) listener()
  }

  async function ask(): Promise<void> {
    do {
      again = false
      try {
        set(stateOf(await client.session.get()))
      } catch (error) {
        if (!AuthError.is(error)) throw error
        set({ ...state, error })
      }
    } while (again)
  }

  return {
    get: () => state,
    refresh() {
      again = asking !== null
      return (asking ??= ask().finally(() => (asking = null)))
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
