/**
 * How a host makes the pages its own: a brand, tokens, texts, a stylesheet, or a page of its own.
 *
 * Invariants: (1) every fault is told, with its fix; (2) what stands in a stylesheet can't leave its declaration; (3) it
 * imports no page, so that reading options loads none.
 */

import { parseColor } from './color.js'
import type { PageName, PageReplacements } from './props.js'
import { localeNames } from './texts/texts.js'
import type { PageTexts } from './texts/texts.js'

/** What the pages carry of the product. */
export interface BrandOptions {
  /** Default: `Latchkey`. */
  readonly name?: string | undefined
  /** `#rgb` or `#rrggbb`. Whatever it is, text on it and links of it keep a contrast of 4.5. */
  readonly color?: string | undefined
  /** A picture in place of the mark: a local path, or an `https:` URL. */
  readonly logo?: string | undefined
}

/** What a host may change of the pages. */
export interface PagesOptions {
  readonly brand?: BrandOptions | undefined
  /** Light or dark for everybody. Default: as the system of the person says. */
  readonly scheme?: 'light' | 'dark' | undefined
  /** CSS custom properties of the theme, such as `{ '--lk-radius': '4px' }`. */
  readonly tokens?: Readonly<Record<string, string>> | undefined
  /** A stylesheet in place of the theme: a local path, or an `https:` URL. */
  readonly stylesheet?: string | undefined
  /** Single texts in place of ours, by locale and key. */
  readonly texts?: PageTexts | undefined
  /** Pages in place of ours, by name. */
  readonly replace?: PageReplacements | undefined
}

/** The options with nothing left open. */
export interface PagesSettings {
  readonly brand: { readonly name: string; readonly color: string; readonly logo: string | null }
  readonly scheme: 'light' | 'dark' | null
  readonly tokens: Readonly<Record<string, string>>
  readonly stylesheet: string | null
  readonly texts: PageTexts
  readonly replace: PageReplacements
}

const defaultColor = '#1d6b57'

function isAddress(text: string): boolean {
  return /^(?:\/(?![/\\])|https:\/\/)[^\s"'<>;,\\]*$/.test(text)
}

const pageNames: Readonly<Record<PageName, true>> = {
  'sign-in': true,
  'sign-up': true,
  verify: true,
  'forgot-password': true,
  'reset-password': true,
  confirm: true,
  account: true,
  'signed-out': true,
  error: true,
  landing: true,
  inbox: true,
  messages: true,
}

function brandFaults({ name, color, logo, ...others }: BrandOptions): readonly string[] {
  const unknown = Object.keys(others).map((key) => `pages.brand.${key}: there is no such option.`)
  return [
    ...unknown,
    ...(color !== undefined && parseColor(color) === null
      ? ["pages.brand.color: give a color such as '#1d6b57'."]
      : []),
    ...(name?.trim() === '' ? ['pages.brand.name: it must not be empty.'] : []),
    ...addressFaults('brand.logo', logo),
  ]
}

function addressFaults(name: string, address: string | undefined): readonly string[] {
  if (address === undefined || isAddress(address)) return []
  return [`pages.${name}: give a local path such as '/brand.svg', or an https: URL.`]
}

function tokenFaults(tokens: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(tokens).flatMap(([name, value]) => [
    ...(/^--lk-[a-z-]+$/.test(name) ? [] : [`pages.tokens: ${name} must begin with --lk-.`]),
    ...(/^[^;{}<>@\\]+$/.test(value) ? [] : [`pages.tokens: the value of ${name} must be one plain value.`]),
  ])
}

function faultsOf(options: PagesOptions): readonly string[] {
  const { brand = {}, scheme, tokens = {}, stylesheet, texts = {}, replace = {} } = options
  const locales = Object.keys(texts).filter((locale) => !localeNames.some((name) => name === locale))
  const replaced = Object.entries(replace).filter(
    ([name, page]) => !Object.hasOwn(pageNames, name) || typeof page !== 'function',
  )
  return [
    ...brandFaults(brand),
    ...(scheme === undefined || ['light', 'dark'].includes(scheme)
      ? []
      : ["pages.scheme: give 'light' or 'dark'."]),
    ...tokenFaults(tokens),
    ...addressFaults('stylesheet', stylesheet),
    ...locales.map((locale) => `pages.texts: ${locale} is none of ${localeNames.join(', ')}.`),
    ...replaced.map(([name]) => `pages.replace: ${name} must be a page, and a function.`),
  ]
}

/** Reads the options once; what is wrong with them is added to `faults`. */
export function readPagesOptions(options: PagesOptions = {}, faults: string[]): PagesSettings {
  faults.push(...faultsOf(options))
  const { brand = {}, scheme, tokens, stylesheet, texts, replace } = options
  return {
    brand: { name: brand.name ?? 'Latchkey', color: brand.color ?? defaultColor, logo: brand.logo ?? null },
    scheme: scheme ?? null,
    tokens: tokens ?? {},
    stylesheet: stylesheet ?? null,
    texts: texts ?? {},
    replace: replace ?? {},
  }
}
