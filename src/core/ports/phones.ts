/** Telephone numbers. */

/** Telephone numbers. */
export interface Phones {
  /** E.164, or null when the text is not a possible number in international form. */
  normalize(text: string): string | null
}
