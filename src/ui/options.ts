/**
 * The options of the pages: a brand, tokens, texts, a stylesheet, or your own pages.
 *
 * Invariants: (1) every problem is reported with its fix; (2) a token's value can't leave its CSS
 * declaration; (3) it imports no page, so that reading options loads none.
 */

import { parseColor } from './color.js'
import type { PageName, PageReplacements } from './props.js'
import { localeNames } from './texts/texts.js'
import type { PageTexts } from './texts/texts.js'

/** Your product's name, color and logo. */
export interface BrandOptions {
  /** The name of the product. @default 'Latchkey' */
  readonly name?: string | undefined
  /**
   * `#rgb` or `#rrggbb`. Text on this color and links in it always have a contrast of at least 4.5.
   * @default '#1d6b57'
   */
  readonly color?: string | undefined
  /** A logo instead of Latchkey's: a local path, or an `https:` URL. */
  readonly logo?: string | undefined
}

/** How a host can change the pages. */
export interface PagesOptions {
  /** Your product's name, color and logo. */
  readonly brand?: BrandOptions | undefined
  /** Use light or dark colors for everyone. @default the system setting of each person */
  readonly scheme?: 'light' | 'dark' | undefined
  /** CSS custom properties of the theme, such as `{ '--lk-radius': '4px' }`. */
  readonly tokens?: Readonly<Record<string, string>> | undefined
  /** Your stylesheet instead of the theme: a local path, or an `https:` URL. @default the theme */
  readonly stylesheet?: string | undefined
  /** Your versions of individual texts, by locale and key. @default the built-in texts */
  readonly texts?: PageTexts | undefined
  /** Your own pages, by name. @default the built-in pages */
  readonly replace?: PageReplacements | undefined
}

/** The options with their defaults filled in. */
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

const kernelPages: Readonly<Partial<Record<PageName, true>>> = {
  'sign-in': true,
  'sign-up': true,
  verify: true,
  confirm: true,
  account: true,
  'signed-out': true,
  'end-session': true,
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

function faultsOf(options: PagesOptions, featurePages: readonly string[]): readonly string[] {
  const { brand = {}, scheme, tokens = {}, stylesheet, texts = {}, replace = {} } = options
  const locales = Object.keys(texts).filter((locale) => !localeNames.some((name) => name === locale))
  const replaced = Object.entries(replace).filter(
    ([name, page]) =>
      !(Object.hasOwn(kernelPages, name) || featurePages.includes(name)) || typeof page !== 'function',
  )
  return [
    ...brandFaults(brand),
    ...(scheme === undefined || ['light', 'dark'].includes(scheme)
      ? []
      : ["pages.scheme: give 'light' or 'dark'."]),
    ...tokenFaults(tokens),
    ...addressFaults('stylesheet', stylesheet),
    ...locales.map((locale) => `pages.texts: ${locale} is not one of ${localeNames.join(', ')}.`),
    ...replaced.map(
      ([name]) => `pages.replace: ${name} must be the name of a page, and its value a function.`,
    ),
  ]
}

/** Reads the options once; their problems are added to `faults`. `featurePages` are the pages of features. */
export function readPagesOptions(
  options: PagesOptions = {},
  faults: string[],
  featurePages: readonly string[] = [],
): PagesSettings {
  faults.push(...faultsOf(options, featurePages))
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
