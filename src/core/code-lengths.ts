/**
 * How many digits a code has: the more wrong tries an address has seen within a day, the longer its codes.
 *
 * Invariants: (1) each further length allows more wrong tries than the one before, and still makes all of its guesses
 * together less likely to be right; (2) there is no number of wrong tries after which no code works.
 */

/** The lengths of codes, and the wrong tries of a day that demand each but the first. */
export interface CodeLengths {
  /** The shortest first, each longer than the one before. */
  readonly digits: readonly number[]
  /** One number less than there are lengths: from that many wrong tries on, the next length is the shortest that counts. */
  readonly lengthenAfter: readonly number[]
}

const step = 2
// Random integers come from 48 bits.
const maxDigits = 14
// Two digits more are worth a hundred times as many guesses.
const growth = 100

/**
 * The lengths from `codeLength` on. After the numbers that are given, each further length is demanded by a hundred times
 * as many wrong tries as the one before.
 */
export function createCodeLengths(codeLength: number, lengthenAfter: readonly number[]): CodeLengths {
  const digits: number[] = []
  for (let length = codeLength; length <= maxDigits; length += step) digits.push(length)
  const thresholds = lengthenAfter.slice(0, digits.length - 1)
  while (thresholds.length < digits.length - 1) thresholds.push((thresholds.at(-1) ?? 1) * growth)
  return { digits, lengthenAfter: thresholds }
}

/**
 * How many wrong tries an address may have seen while a code of this length still counts; null for the longest, which
 * always does, and undefined for what is no length.
 */
export function maxMissesFor(
  { digits, lengthenAfter }: CodeLengths,
  length: number,
): number | null | undefined {
  const index = digits.indexOf(length)
  return index === -1 ? undefined : (lengthenAfter[index] ?? null)
}
