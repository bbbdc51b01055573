/** Checks text that a person entered on one line. All patterns here run in linear time. */

// Control characters (C0, DEL, C1), and characters that reorder or hide text (Unicode TR 36).
// eslint-disable-next-line no-control-regex
const hidden = /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/

/** Whether the text has a control character, a bidirectional mark or an invisible separator. */
export function hasHidden(text: string): boolean {
  return hidden.test(text)
}

/** The number of code points, without building an array of them; counting stops above `limit`. */
export function countCodePoints(text: string, limit = Number.POSITIVE_INFINITY): number {
  let count = 0
  for (let index = 0; index < text.length && count <= limit; count++) {
    index += (text.codePointAt(index) as number) > 0xffff ? 2 : 1
  }
  return count
}

/** Whether the text has an unpaired surrogate, which UTF-8 can't encode. */
export function hasLoneSurrogate(text: string): boolean {
  return !text.isWellFormed()
}
