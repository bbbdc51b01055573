/** What a locale has to say. A missing key fails to compile. */

import type { MessageEvent } from '../../core/index.js'

/** The words of one event. `{app}` and `{minutes}` are filled in. */
export interface EventTexts {
  readonly subject: string
  /** Why this came. */
  readonly reason: string
  /** On the button; only where there is a link. */
  readonly action?: string
}

/** The events whose message to an email has a link. */
type LinkedEvent = 'email' | 'sign_in' | 'recovery' | 'email_change' | 'password_paused' | 'sign_in_approved'

/** The words of one locale. */
export interface LocaleTexts {
  readonly events: Readonly<Record<MessageEvent, EventTexts> & Record<LinkedEvent, Required<EventTexts>>>
  /** Before the code. */
  readonly code: string
  /** Where link and code stand together. */
  readonly orCode: string
  /** How long it can be used, by plural category (CLDR). */
  readonly expires: Readonly<Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }>
  /** What to do when it was not you who asked. */
  readonly ignore: string
  /** What to do when it was not you who did it. */
  readonly alarm: string
  /** One line for a phone. */
  readonly short: string
}

/** Replacements of single texts, by locale. */
export type TextOverrides = Readonly<
  Record<
    string,
    {
      readonly events?: Partial<Record<MessageEvent, Partial<EventTexts>>>
    } & Partial<Omit<LocaleTexts, 'events'>>
  >
>
