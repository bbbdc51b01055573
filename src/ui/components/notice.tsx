/** Notices of a page: a success or an error. */

import type { Child } from 'hono/jsx'
import type { FormState } from '../props.js'
import type { Words } from '../texts/say.js'
import { Icon } from './icon.js'

/** A notice; a screen reader announces an error at once. */
export function Notice({ tone, children }: { tone: 'good' | 'bad' | 'plain'; children?: Child }) {
  return (
    <div data-part="notice" data-tone={tone} role={tone === 'bad' ? 'alert' : 'status'}>
      <Icon name={tone === 'bad' ? 'warning' : tone === 'good' ? 'done' : 'mail'} />
      <p>{children}</p>
    </div>
  )
}

/** When to try again, in seconds or whole minutes. */
export function retryText(words: Words, retryAfterMs: number): string {
  const seconds = Math.max(1, Math.ceil(retryAfterMs / 1000))
  if (seconds < 90) return words.count('error.retry_seconds', seconds)
  return words.count('error.retry_minutes', Math.ceil(seconds / 60))
}

/** The error of a form, if it has one; `code` if a code was posted. */
export function Refusal({ words, form, code }: { words: Words; form: FormState; code?: boolean }) {
  if (form.refused === undefined) return null
  const { code: refused, retryAfterMs, toll = false } = form.refused
  const isCode = code === true && refused === 'invalid_token'
  return (
    <Notice tone="bad">
      {words.say(isCode ? 'error.invalid_code' : toll ? 'error.toll' : `error.${refused}`)}
      {retryAfterMs === undefined ? null : ` ${retryText(words, retryAfterMs)}`}
    </Notice>
  )
}
