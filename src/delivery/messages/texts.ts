/** The texts that each locale must have. A missing key fails to compile. */

import type { EventTexts, KernelMessage, MessageEvent } from '../../core/index.js'

export type { EventTexts } from '../../core/index.js'

/** The events whose email has a link. */
type LinkedEvent = 'email' | 'sign_in' | 'password_paused' | 'sign_in_approved'

/** The texts of one locale. */
export interface LocaleTexts {
  readonly events: Readonly<Record<KernelMessage, EventTexts> & Record<LinkedEvent, Required<EventTexts>>>
  /** The text before the code. */
  readonly code: string
  /** The text between link and code. */
  readonly orCode: string
  /** How long the secret is valid, by plural category (CLDR). */
  readonly expires: Readonly<Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }>
  /** What to do if you did not request this. */
  readonly ignore: string
  /** What to do if you did not make this change. */
  readonly alarm: string
  /** One line for a phone. */
  readonly short: string
}

/** Replacements of individual texts, by locale. */
export type TextOverrides = Readonly<
  Record<
    string,
    {
      readonly events?: Partial<Record<MessageEvent, Partial<EventTexts>>>
    } & Partial<Omit<LocaleTexts, 'events'>>
  >
>
