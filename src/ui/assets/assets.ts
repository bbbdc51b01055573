/**
 * The stylesheet and the script of the pages. Their URLs contain a hash of the content, so that browsers can
 * cache them for a year and never use a stale one.
 */

import { createHash } from 'node:crypto'
import { brandColors } from '../color.js'
import type { BrandColors } from '../color.js'
import type { PagesSettings } from '../options.js'
import { script, theme } from './generated.js'

/** One file that pages load. */
export interface Asset {
  /** The name with its hash, such as `theme.1f2e3d4c5b6a.css`. */
  readonly name: string
  readonly type: string
  readonly body: string
}

/** The files that pages load. */
export interface Assets {
  readonly stylesheet: Asset
  readonly script: Asset
}

function declare(selector: string, tokens: Readonly<Record<string, string>>): string {
  const lines = Object.entries(tokens).map(([name, value]) => `${name}:${value}`)
  return lines.length === 0 ? '' : `${selector}{${lines.join(';')}}`
}

function brandTokens({ brand, onBrand, link }: BrandColors): Readonly<Record<string, string>> {
  return { '--lk-brand': brand, '--lk-on-brand': onBrand, '--lk-link': link }
}

function createAsset(stem: string, extension: 'css' | 'js', body: string): Asset {
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 12)
  const type = extension === 'css' ? 'text/css; charset=utf-8' : 'text/javascript; charset=utf-8'
  return { name: `${stem}.${hash}.${extension}`, type, body }
}

/** Creates the assets: the theme with the colors of the brand, then the host's tokens. */
export function createAssets({ brand, tokens }: Pick<PagesSettings, 'brand' | 'tokens'>): Assets {
  const { light, dark } = brandColors(brand.color)
  const stylesheet = [
    declare(':root', brandTokens(light)),
    `@media (prefers-color-scheme:dark){${declare(":root:not([data-theme='light'])", brandTokens(dark))}}`,
    declare(":root[data-theme='dark']", brandTokens(dark)),
    theme,
    declare(':root:root', tokens),
  ]
  return {
    stylesheet: createAsset('theme', 'css', stylesheet.join('')),
    script: createAsset('pages', 'js', script),
  }
}
