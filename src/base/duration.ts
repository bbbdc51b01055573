/** Durations: texts such as `'15m'` in options, milliseconds internally. */

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** A span of time as text, such as `'500ms'`, `'90s'`, `'15m'`, `'12h'` or `'30d'`. */
export type Duration = `${number}${keyof typeof units}`

/** The milliseconds of a duration, or null when the text is invalid. Zero and fractions are invalid. */
export function parseDuration(text: unknown): number | null {
  if (typeof text !== 'string') return null
  const match = /^([1-9][0-9]{0,8})(ms|s|m|h|d)$/.exec(text)
  if (match === null) return null
  return Number(match[1]) * units[match[2] as keyof typeof units]
}
