/** Passwords reduced to their words, without common variations. */

import { describe, expect, it } from 'vitest'
import { costOf } from '../../test/harness/cost.js'
import { foldPassword } from './folding.js'

const wordsOf = (password: string): readonly string[] => foldPassword(password).map(({ word }) => word)

describe('a folded password', () => {
  it.each([
    ['Password123!', 'password'],
    ['P@ssw0rd1234', 'password'],
    ['1234iloveyou1234', 'iloveyou'],
    ['w3lc0m32026!', 'welcome'],
    ['L3tm31n!!!!!', 'letmein'],
    ['I love you 2026', 'iloveyou'],
  ])('%s holds %s', (password, word) => {
    expect(wordsOf(password)).toContain(word)
  })

  it('begins with itself, and says what stood around each word', () => {
    expect(foldPassword('Abcd123')[0]).toEqual({ word: 'abcd123', affix: '' })
    expect(foldPassword('12abcd34')).toContainEqual({ word: 'abcd', affix: '1234' })
  })

  it('makes no word of digits and signs alone', () => {
    expect(wordsOf('83746591028374')).toEqual(['83746591028374'])
  })

  it('costs little, and few words, whatever it is', async () => {
    for (const text of ['4'.repeat(16_000), 'a1'.repeat(8000), `${'a'.repeat(8000)}${'1'.repeat(8000)}`]) {
      expect(foldPassword(text).length).toBeLessThan(64)
      expect(await costOf(() => Promise.resolve(foldPassword(text)))).toBeLessThan(20)
    }
  })
})
