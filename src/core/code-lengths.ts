/**
 * How many digits a code has: the more wrong attempts at an address within a day, the longer its codes.
 *
 * Invariants: (1) each longer length allows more wrong attempts than the one before, and still makes all of
 * them together less likely to succeed; (2) no number of wrong attempts disables codes completely.
 */

/**
 * The lengths of codes, and the number of wrong attempts per day that requires each length after the first.
 */
export interface CodeLengths {
  /** In ascending order. */
  readonly digits: readonly number[]
  /**
   * One entry fewer than there are lengths: from that many wrong attempts on, shorter codes than the next
   * length are refused.
   */
  readonly lengthenAfter: readonly number[]
}

const step = 2
// Random integers come from 48 bits.
const maxDigits = 14
// With two more digits, a hundred times as many attempts have the same chance.
const growth = 100

/**
 * The lengths from `codeLength` on. Beyond the given thresholds, each further length takes a hundred times as
 * many wrong attempts as the one before.
 */
export function createCodeLengths(codeLength: number, lengthenAfter: readonly number[]): CodeLengths {
  const digits: number[] = []
  for (let length = codeLength; length <= maxDigits; length += step) digits.push(length)
  const thresholds = lengthenAfter.slice(0, digits.length - 1)
  while (thresholds.length < digits.length - 1) thresholds.push((thresholds.at(-1) ?? 1) * growth)
  return { digits, lengthenAfter: thresholds }
}

/**
 * How many wrong attempts an address may have while a code of this length is still accepted. Null for the
 * longest, which always is; undefined when there is no such length.
 */
export function maxMissesFor(
  { digits, lengthenAfter }: CodeLengths,
  length: number,
): number | null | undefined {
  const index = digits.indexOf(length)
  return index === -1 ? undefined : (lengthenAfter[index] ?? null)
}
