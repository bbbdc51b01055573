/** Cells of a row that hold more than one value. */

/** A JSON value, whether or not the driver parsed it. */
export function toJson(value: unknown): unknown {
  return typeof value === 'string' ? JSON.parse(value) : value
}

/** Words that were joined by commas. */
export function toWords(text: string): string[] {
  return text === '' ? [] : text.split(',')
}
