/**
 * How a host makes the pages its own: a brand, tokens, texts, a stylesheet, or a page of its own.
 *
 * Invariants: (1) every fault is told at once, with its fix; (2) what stands in a stylesheet can't leave its
 * declaration.
 */

import { ConfigError } from '../base/index.js'
import { parseColor } from './color.js'
import type { PageReplacements } from './props.js'
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

function faultsOf({ brand = {}, tokens = {}, stylesheet, texts = {} }: PagesOptions): readonly string[] {
  const faults: string[] = []
  if (brand.color !== undefined && parseColor(brand.color) === null) {
    faults.push('pages.brand.color must be a color such as "#1d6b57".')
  }
  if (brand.name !== undefined && brand.name.trim() === '') faults.push('pages.brand.name must not be empty.')
  for (const [name, address] of [
    ['brand.logo', brand.logo],
    ['stylesheet', stylesheet],
  ] as const) {
    if (address === undefined || isAddress(address)) continue
    faults.push(`pages.${name} must be a local path such as "/brand.svg", or an https: URL.`)
  }
  for (const [name, value] of Object.entries(tokens)) {
    if (!/^--lk-[a-z-]+$/.test(name)) faults.push(`pages.tokens: ${name} must begin with "--lk-".`)
    if (!/^[^;{}<>@\\]+$/.test(value))
      faults.push(`pages.tokens: the value of ${name} must be one plain value.`)
  }
  for (const locale of Object.keys(texts)) {
    if (!localeNames.some((name) => name === locale)) {
      faults.push(`pages.texts: ${locale} must be one of ${localeNames.join(', ')}.`)
    }
  }
  return faults
}

/** Reads the options once. @throws ConfigError */
export function readPagesOptions(options: PagesOptions = {}): PagesSettings {
  const faults = faultsOf(options)
  if (faults.length > 0) throw new ConfigError(faults)
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
