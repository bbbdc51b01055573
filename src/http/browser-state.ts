/**
 * The state that one browser takes from page to page: a pending link, the address that a code was sent to,
 * and the path to return to. It is sealed in a short-lived cookie, so that no token is in a URL, a page or
 * the browser's history.
 *
 * Invariants: (1) a state that can't be opened or has expired counts as empty; (2) `returnTo` is a local path
 * and is used once.
 */

import { invalidField } from '../base/index.js'
import type { VerificationType } from '../core/index.js'
import type { CookieKind } from './cookies.js'
import type { Engine } from './engine.js'

/** The content of the state. */
export interface BrowserStateData {
  /** The opened link: its purpose and token. */
  readonly link?: { readonly type: LinkType; readonly token: string }
  /** Where a secret was sent, by which strategy or route, and when (milliseconds). */
  readonly sent?: {
    readonly by: string
    readonly type: 'email' | 'phone'
    readonly value: string
    readonly at: number
    /** The number of digits of the code. */
    readonly codeLength?: number
  }
  /** The completed action, which the next page reports once. */
  readonly done?: string
  /** The payment of a toll by a page without scripts, after a minute has passed. */
  readonly toll?: string
  /** A local absolute path. */
  readonly returnTo?: string
}

/** What a link is for: the purpose of a verification, or ending the session that it names. */
export type LinkType = VerificationType | 'session_end'

/** The state of one browser. */
export interface BrowserState {
  read(): BrowserStateData
  /** Merges; `undefined` removes a part. */
  write(change: { readonly [Key in keyof BrowserStateData]?: BrowserStateData[Key] | undefined }): void
  clear(): void
}

/**
 * The token of a link: the one that was sent, or else the pending one of this purpose.
 * @throws AuthError `input_invalid`: `token` `required`
 */
export function tokenOf(browserState: BrowserState, type: LinkType, sent: string | undefined): string {
  const { link } = browserState.read()
  const token = sent ?? (link?.type === type ? link.token : undefined)
  if (token === undefined) throw invalidField('token', 'required')
  return token
}

const purpose = 'step'
const lifetimeMs = 30 * 60_000

function open({ keys, now }: Pick<Engine, 'keys' | 'now'>, sealed: string | null): BrowserStateData {
  const text = sealed === null ? null : keys.unseal(purpose, sealed)
  if (text === null) return {}
  const { until, ...state } = JSON.parse(text) as BrowserStateData & { until: number }
  return until > now() ? state : {}
}

/** Reads the state in a request's cookies; changes are passed to `setCookie`. */
export function createBrowserState(
  engine: Pick<Engine, 'keys' | 'now'>,
  cookie: { readonly kind: CookieKind; readonly header: string | null },
  setCookie: (line: string) => void,
): BrowserState {
  let state: BrowserStateData | undefined
  const read = (): BrowserStateData => (state ??= open(engine, cookie.kind.read(cookie.header)))

  return {
    read,
    write(change) {
      const merged = Object.entries({ ...read(), ...change }).filter(([, value]) => value !== undefined)
      state = Object.fromEntries(merged)
      if (merged.length === 0) {
        if (cookie.kind.isIn(cookie.header)) setCookie(cookie.kind.clear())
      } else {
        const text = JSON.stringify({ ...state, until: engine.now() + lifetimeMs })
        setCookie(cookie.kind.set(engine.keys.seal(purpose, text), lifetimeMs / 1000))
      }
    },
    clear() {
      if (Object.keys(read()).length === 0) return
      state = {}
      setCookie(cookie.kind.clear())
    },
  }
}
