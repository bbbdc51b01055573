/** The options of the pages, and which values are rejected. */

import { describe, expect, it } from 'vitest'
import { createAssets } from './assets/assets.js'
import { brandColors, contrast, parseColor, readable } from './color.js'
import type { Color } from './color.js'
import { readPagesOptions } from './options.js'
import type { PagesOptions } from './options.js'
import { pagePolicy } from './policy.js'

function faultsOf(options: PagesOptions): readonly string[] {
  const faults: string[] = []
  readPagesOptions(options, faults)
  return faults
}

const settingsOf = (options?: PagesOptions) => readPagesOptions(options, [])
const read = (color: string): Color => parseColor(color) ?? [0, 0, 0]

describe('the options', () => {
  it('have a default for everything', () => {
    expect(faultsOf({})).toEqual([])
    expect(settingsOf().brand.name).toBe('Latchkey')
  })

  it('tell all faults at once', () => {
    const faults = faultsOf({
      brand: { name: ' ', color: 'red', logo: 'javascript:alert(1)' },
      stylesheet: '//elsewhere.example/x.css',
      tokens: { '--x': '1px', '--lk-radius': '0} body{display:none' },
      texts: { xx: {} } as PagesOptions['texts'],
      scheme: 'blue' as 'dark',
      replace: { nowhere: () => '' } as PagesOptions['replace'],
    })
    expect(faults).toHaveLength(9)
  })

  it('take local paths and https: addresses, and nothing that could leave its place', () => {
    for (const logo of ['/brand.svg', 'https://cdn.example/brand.svg?v=2']) {
      expect(faultsOf({ brand: { logo } })).toEqual([])
    }
    for (const logo of [
      'http://a.example/x',
      '/\\evil',
      '//evil',
      'data:image/svg+xml,x',
      '/a"b',
      'https://a.example/;x',
      '',
    ]) {
      expect(faultsOf({ brand: { logo } })).toHaveLength(1)
    }
  })
})

describe('the colors of a brand', () => {
  const brands = ['#1d6b57', '#ffe600', '#000', '#fff', '#ff0000', '#7f7f7f', '#0a0a3c', '#e0f7ff']

  it.each(brands)('%s can be read on its buttons and as links, in light and dark', (brand) => {
    const { light, dark } = brandColors(brand)
    for (const { brand: button, onBrand } of [light, dark]) {
      expect(contrast(read(button), read(onBrand))).toBeGreaterThanOrEqual(readable)
    }
    for (const surface of ['#ffffff', '#f6f6f3']) {
      expect(contrast(read(light.link), read(surface))).toBeGreaterThanOrEqual(readable)
    }
    for (const surface of ['#1c201e', '#141716', '#161918']) {
      expect(contrast(read(dark.link), read(surface))).toBeGreaterThanOrEqual(readable)
    }
  })

  it('are left as they are where they can be read', () => {
    expect(brandColors('#1D6B57').light).toEqual({ brand: '#1d6b57', onBrand: '#ffffff', link: '#1d6b57' })
  })

  it('are refused where they are none', () => {
    for (const color of ['red', '#12', '#12345', '#gggggg', 'rgb(0,0,0)', '#1234567']) {
      expect(parseColor(color)).toBe(null)
      expect(() => brandColors(color)).toThrow(TypeError)
    }
  })
})

describe('the assets', () => {
  it('have an address of their own for whatever they hold', () => {
    const plain = createAssets(settingsOf())
    const rounder = createAssets(settingsOf({ tokens: { '--lk-radius': '20px' } }))
    expect(rounder.stylesheet.name).not.toBe(plain.stylesheet.name)
    expect(rounder.script.name).toBe(plain.script.name)
    expect(rounder.stylesheet.body).toMatch(/:root:root\{--lk-radius:20px\}$/)
    expect(plain.stylesheet.name).toMatch(/^theme\.[0-9a-f]{12}\.css$/)
  })
})

it('the policy lets a picture come from the host of the logo, and from nowhere else', () => {
  expect(pagePolicy('n', null)).toContain("img-src 'self';")
  expect(pagePolicy('n', '/brand.svg')).toContain("img-src 'self';")
  expect(pagePolicy('n', 'https://cdn.example/a/brand.svg')).toContain("img-src 'self' https://cdn.example;")
  expect(pagePolicy('n', null)).not.toMatch(/unsafe|\*/)
})
