/**
 * Reduces a password to its words by undoing common variations: letter case, digits and signs in place of
 * letters, separators, and digits and signs before or after the word.
 *
 * Invariant: the work is linear in the length of the password, and the number of words is bounded.
 */

/** A word that a password consists of, and the characters around it. */
export interface FoldedWord {
  readonly word: string
  readonly affix: string
}

const maxCuts = 8
const longestFolded = 64
// `1` and `!` can replace an i or an l.
const spellings = '@a 4a 8b (c 3e 6g 9g 0o $s 5s +t 7t'.split(' ')
const maps = ['1i !i', '1l !l'].map(
  (ambiguous) => new Map([...spellings, ...ambiguous.split(' ')].map(([sign, letter]) => [sign, letter])),
)
const signs = /[^\p{L}]/u
const separators = /[\s._+-]/gu

/** The form in which passwords are compared with lists and with each other. */
export function toComparedForm(text: string): string {
  return text.normalize('NFC').toLowerCase()
}

function countSigns(letters: readonly string[]): number {
  let count = 0
  while (count < letters.length && signs.test(letters[count] as string)) count++
  return count
}

function hasTwoLetters(letters: readonly string[]): boolean {
  return letters.filter((letter) => !signs.test(letter)).length >= 2
}

/** The words that a password may consist of, starting with the password itself. */
export function foldPassword(password: string): readonly FoldedWord[] {
  const text = toComparedForm(password)
  const words = new Map<string, FoldedWord>([[text, { word: text, affix: '' }]])
  const letters = Array.from(text)
  const after = countSigns(letters.toReversed())
  const before = after === letters.length ? 0 : countSigns(letters)
  const add = (start: number, end: number): void => {
    const core = letters.slice(start, end)
    if (core.length > longestFolded || !hasTwoLetters(core)) return
    const affix = [...letters.slice(0, start), ...letters.slice(end)].join('')
    const plain = core.join('')
    const spelled = maps.map((map) => core.map((letter) => map.get(letter) ?? letter).join(''))
    for (const word of [plain, ...spelled].map((each) => each.replace(separators, '')))
      if (!words.has(word)) words.set(word, { word, affix })
  }
  for (const start of new Set([0, before])) {
    for (let cut = 0; cut <= Math.min(after, maxCuts); cut++) add(start, letters.length - cut)
    add(start, letters.length - after)
  }
  return [...words.values()]
}
