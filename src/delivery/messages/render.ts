/**
 * Renders messages as subject, plain text and HTML, in six locales.
 *
 * Invariants: (1) every value that is filled in is escaped; (2) the user's name never appears, since a
 * stranger may have chosen it; (3) text and HTML have the same content.
 */

import type { Message } from '../../core/index.js'
import { de } from './de.js'
import { en } from './en.js'
import { es } from './es.js'
import { fr } from './fr.js'
import { toHtml } from './html.js'
import type { MessageParts } from './html.js'
import { ja } from './ja.js'
import { pt } from './pt.js'
import type { EventTexts, LocaleTexts, TextOverrides } from './texts.js'

const locales: Readonly<Record<string, LocaleTexts>> = { en, pt, es, fr, de, ja }

/** How messages are worded. */
export interface WordingOptions {
  /** The name of the application, shown in every message. @default 'Latchkey' */
  readonly appName?: string | undefined
  /** The locale for people who have none. @default 'en' */
  readonly locale?: string | undefined
  readonly texts?: TextOverrides | undefined
}

/** A rendered message. */
export interface RenderedMessage {
  readonly subject: string
  readonly text: string
  readonly html: string
}

interface Words {
  readonly locale: string
  readonly texts: LocaleTexts
  readonly event: EventTexts
  fill(text: string): string
}

// The language part of a BCP 47 tag is enough to choose among these locales.
function languageOf(...tags: readonly (string | undefined)[]): string {
  for (const tag of tags) {
    const language = tag?.split(/[-_]/)[0]?.toLowerCase()
    if (language !== undefined && Object.hasOwn(locales, language)) return language
  }
  return 'en'
}

function minutesLeft(message: Message, now: Date): number {
  if (message.expiresAt === undefined) return 0
  return Math.max(1, Math.round((message.expiresAt.getTime() - now.getTime()) / 60_000))
}

// A feature's message brings its own texts.
function textsOf({ event, texts }: Message, locale: string): EventTexts {
  const built = (locales[locale] as LocaleTexts).events as Readonly<Record<string, EventTexts>>
  const found = texts?.[locale] ?? texts?.en ?? built[event]
  if (found === undefined) throw new TypeError(`The message ${event} has no texts.`)
  return found
}

function wordsOf(message: Message, options: WordingOptions, now: Date): Words {
  const locale = languageOf(message.locale, options.locale)
  const own = options.texts?.[locale]
  const base = locales[locale] as LocaleTexts
  const { events: ownEvents, ...ownTexts } = own ?? {}
  const texts = { ...base, ...ownTexts }
  const event = { ...textsOf(message, locale), ...ownEvents?.[message.event] }
  const values: Readonly<Record<string, string>> = {
    app: options.appName ?? 'Latchkey',
    minutes: new Intl.NumberFormat(locale).format(minutesLeft(message, now)),
    code: message.code ?? '',
  }
  const fill = (text: string): string =>
    text.replace(/\{(app|minutes|code)\}/g, (_, name: string) => values[name] as string)
  return { locale, texts, event, fill }
}

function expiryOf(message: Message, { locale, texts, fill }: Words, now: Date): string | null {
  if (message.expiresAt === undefined) return null
  const category = new Intl.PluralRules(locale).select(minutesLeft(message, now))
  return fill(texts.expires[category] ?? texts.expires.other)
}

const harmlessNotices: readonly Message['event'][] = ['account_verified', 'sign_up_repeated']

/** The parts of a message, in reading order. */
function partsOf(message: Message, words: Words, now: Date): MessageParts {
  const { texts, event, fill } = words
  // These messages report no change to the recipient's account, or one that they wanted.
  const harmless = message.code !== undefined || harmlessNotices.includes(message.event)
  return {
    subject: fill(event.subject),
    app: fill('{app}'),
    reason: fill(event.reason),
    link:
      message.link === undefined ? null : { url: message.link, label: fill(event.action ?? event.subject) },
    code:
      message.code === undefined
        ? null
        : { digits: message.code, label: fill(message.link === undefined ? texts.code : texts.orCode) },
    expiry: expiryOf(message, words, now),
    advice: fill(harmless ? texts.ignore : texts.alarm),
  }
}

// How a label ends where a colon is not written as in English.
const colons: Readonly<Record<string, string>> = { fr: '\u00a0:', ja: '：' }

function toPlainText(locale: string, { reason, link, code, expiry, advice }: MessageParts): string {
  const colon = colons[locale] ?? ':'
  const paragraphs = [
    reason,
    link === null ? null : `${link.label}${colon}\n${link.url}`,
    code === null ? null : `${code.label}${colon}\n${code.digits}`,
    expiry,
    advice,
  ]
  return `${paragraphs.filter((paragraph) => paragraph !== null).join('\n\n')}\n`
}

/** Renders a message; its minutes are counted from `now`. */
export function renderMessage(message: Message, options: WordingOptions, now: Date): RenderedMessage {
  const words = wordsOf(message, options, now)
  const parts = partsOf(message, words, now)
  return { subject: parts.subject, text: toPlainText(words.locale, parts), html: toHtml(words.locale, parts) }
}

/** Renders a message as one line, for a phone. */
export function renderShort(message: Message, options: WordingOptions, now: Date): string {
  const words = wordsOf(message, options, now)
  const line = words.fill(message.code === undefined ? words.event.reason : words.texts.short)
  return line.replace(/\s*[\r\n\u2028\u2029]+\s*/g, ' ')
}
