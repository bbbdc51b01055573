/** Readable brand colors: contrast by WCAG 2.2, and shades that reach it. */

/** Red, green and blue, each from 0 to 255. */
export type Color = readonly [red: number, green: number, blue: number]

const white: Color = [255, 255, 255]
const black: Color = [15, 18, 17]

/** The minimum contrast of text (WCAG 2.2, 1.4.3). */
export const readable = 4.5

/** Parses `#rgb` or `#rrggbb`; null for anything else. */
export function parseColor(text: string): Color | null {
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(text)?.slice(1)
  const long = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text)?.slice(1)
  const parts = short?.map((digit) => digit + digit) ?? long
  if (parts === undefined) return null
  const [red = 0, green = 0, blue = 0] = parts.map((part) => Number.parseInt(part, 16))
  return [red, green, blue]
}

/** Formats `#rrggbb`. */
export function formatColor(color: Color): string {
  return `#${color.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`
}

function luminance(color: Color): number {
  const [red = 0, green = 0, blue = 0] = color.map((part) => {
    const share = part / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** The contrast of two colors, from 1 to 21. */
export function contrast(one: Color, other: Color): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

/** White or near black, whichever has more contrast. */
export function inkOn(background: Color): Color {
  return contrast(white, background) >= contrast(black, background) ? white : black
}

/** Hue in sixths of the circle, saturation and lightness from 0 to 1 (CSS Color 4, section 7). */
function toHsl(color: Color): readonly [hue: number, saturation: number, lightness: number] {
  const [red, green, blue] = color.map((part) => part / 255) as unknown as Color
  const [most, least] = [Math.max(red, green, blue), Math.min(red, green, blue)]
  const spread = most - least
  const lightness = (most + least) / 2
  if (spread === 0) return [0, 0, lightness]
  const saturation = spread / (1 - Math.abs(2 * lightness - 1))
  if (most === red) return [((green - blue) / spread + 6) % 6, saturation, lightness]
  if (most === green) return [(blue - red) / spread + 2, saturation, lightness]
  return [(red - green) / spread + 4, saturation, lightness]
}

function fromHsl(hue: number, saturation: number, lightness: number): Color {
  const part = (offset: number): number => {
    const place = (offset + hue * 2) % 12
    const reach = saturation * Math.min(lightness, 1 - lightness)
    return Math.round(255 * (lightness - reach * Math.max(-1, Math.min(place - 3, 9 - place, 1))))
  }
  return [part(0), part(8), part(4)]
}

/** The nearest shade of `color`, lighter or darker, that is readable as text on `background`. */
export function shadeOn(color: Color, background: Color, direction: 'lighter' | 'darker'): Color {
  const [hue, saturation, start] = toHsl(color)
  const end = direction === 'lighter' ? 1 : 0
  const steps = 100
  for (let step = 0; step < steps; step++) {
    const shade = fromHsl(hue, saturation, start + ((end - start) * step) / steps)
    if (contrast(shade, background) >= readable) return shade
  }
  return direction === 'lighter' ? white : black
}

/** The brand colors of one color scheme. */
export interface BrandColors {
  readonly brand: string
  readonly onBrand: string
  readonly link: string
}

// The background of links in theme.css, the one with less contrast.
const lightSurface: Color = [246, 246, 243]
const darkSurface: Color = [33, 36, 35]

/** The brand colors of both color schemes. @throws TypeError if the text is not a color */
export function brandColors(text: string): { readonly light: BrandColors; readonly dark: BrandColors } {
  const brand = parseColor(text)
  if (brand === null) throw new TypeError('The brand color must be #rgb or #rrggbb.')
  const bright = shadeOn(brand, darkSurface, 'lighter')
  return {
    light: {
      brand: formatColor(brand),
      onBrand: formatColor(inkOn(brand)),
      link: formatColor(shadeOn(brand, lightSurface, 'darker')),
    },
    dark: { brand: formatColor(bright), onBrand: formatColor(inkOn(bright)), link: formatColor(bright) },
  }
}
