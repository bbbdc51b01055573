/** How long codes are, and the chance that a day's attempts guess one. */

import { describe, expect, it } from 'vitest'
import { createCodeLengths, maxMissesFor } from './code-lengths.js'

/**
 * The chance that one of the attempts within `hours` hours guesses the code of one address. At most two daily
 * windows overlap the same 24 hours, and the first attempt of the earlier one is more than 24 hours before
 * the last.
 */
function chanceOf(codeLength: number, lengthenAfter: readonly number[], guesses: number): number {
  const { digits, lengthenAfter: thresholds } = createCodeLengths(codeLength, lengthenAfter)
  const perWindow = digits.map((_, index) => (thresholds[index] ?? guesses) - (thresholds[index - 1] ?? 0))
  const within24Hours = perWindow.map((count, index) => (index === 0 ? 2 * count - 1 : 2 * count))
  return within24Hours.reduce((sum, count, index) => sum + count / 10 ** (digits[index] as number), 0)
}

describe('the lengths of codes', () => {
  it('are 6, 8 and 10 digits, and longer ones for an address under a flood of guesses', () => {
    expect(createCodeLengths(6, [5, 10])).toEqual({
      digits: [6, 8, 10, 12, 14],
      lengthenAfter: [5, 10, 1000, 100_000],
    })
    expect(createCodeLengths(8, [3])).toEqual({ digits: [8, 10, 12, 14], lengthenAfter: [3, 300, 30_000] })
    expect(createCodeLengths(10, [5, 10])).toEqual({ digits: [10, 12, 14], lengthenAfter: [5, 10] })
  })

  it('say up to how many wrong tries a code counts', () => {
    const lengths = createCodeLengths(6, [5, 10])
    expect([6, 8, 10, 12, 14].map((length) => maxMissesFor(lengths, length))).toEqual([
      5,
      10,
      1000,
      100_000,
      null,
    ])
    expect([0, 5, 7, 9, 15, 16].map((length) => maxMissesFor(lengths, length))).toEqual(
      Array.from({ length: 6 }, () => undefined),
    )
  })
})

describe('the chance of a right guess within 24 hours at one address', () => {
  const requestsOfADay = 6000 * 60 * 24

  it('is below 1 in 100,000, also when every request that the whole product takes is a guess', () => {
    expect(chanceOf(6, [5, 10], requestsOfADay)).toBeLessThan(1 / 100_000)
  })

  it('would be above it with one more try at six digits, or if the lengths ended at ten digits', () => {
    expect(chanceOf(6, [6, 10], requestsOfADay)).toBeGreaterThan(1 / 100_000)
    expect(9 / 10 ** 6 + 10 / 10 ** 8 + requestsOfADay / 10 ** 10).toBeGreaterThan(1 / 100_000)
  })
})
