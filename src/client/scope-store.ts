/**
 * Who is signed in, as a value that changes: what the components of a page look at. It knows no framework and no
 * browser but for what it is handed.
 *
 * Invariants: (1) questions never overlap, so that an older answer can't replace a newer one; (2) a server that can't
 * be reached signs nobody out; (3) the value is the same object until something changed.
 */

import type { Scope } from '../contract/index.js'
import type { Client } from './client.js'
import { AuthError } from './error.js'

/** Who is signed in, as far as this page knows. */
export type ScopeState =
  | { readonly status: 'loading'; readonly scope: null; readonly error: AuthError | null }
  | { readonly status: 'signed-in'; readonly scope: Scope; readonly error: AuthError | null }
  | { readonly status: 'signed-out'; readonly scope: null; readonly error: AuthError | null }

/** The value, and how it is renewed. */
export interface ScopeStore {
  get(): ScopeState
  /** Asks the server. While a question is open, one more is asked after it, however often this is called. */
  refresh(): Promise<void>
  subscribe(listener: () => void): () => void
}

/** What is known before the first question: a scope, `null` for nobody, or nothing. */
export type InitialScope = Scope | null | undefined

function stateOf(scope: InitialScope): ScopeState {
  if (scope === undefined) return { status: 'loading', scope: null, error: null }
  return scope === null
    ? { status: 'signed-out', scope, error: null }
    : { status: 'signed-in', scope, error: null }
}

/** The store of one client. */
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
