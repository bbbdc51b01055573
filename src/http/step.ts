/**
 * What one browser takes from page to page: a parked link, the address that a code was sent to, and where to return
 * to. It lives sealed in a short cookie, so that no token stands in a URL, in a page or in the browser's history.
 *
 * Invariants: (1) what does not open, or is over, is nothing; (2) `returnTo` is a local path and is used once.
 */

/** What is kept. */
export interface StepState {
  /** The link that was opened: its purpose and token. */
  readonly link?: { readonly type: 'email' | 'sign_in' | 'recovery' | 'email_change'; readonly token: string }
  /** Where a secret was sent, and by which strategy or route. */
  readonly sent?: { readonly by: string; readonly type: 'email' | 'phone'; readonly value: string }
  /** A local absolute path. */
  readonly returnTo?: string
}

/** The state of one browser. */
export interface Step {
  read(): StepState
  /** Merges; `undefined` removes a part. */
  write(change: { readonly [Key in keyof StepState]?: StepState[Key] | undefined }): void
  clear(): void
}
