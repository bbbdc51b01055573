/** Passwords that are patterns: one unit repeated, or runs along the alphabet, the digits or a keyboard. */

const runs = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890123456789',
  '1234567890qwertyuiopasdfghjklzxcvbnm',
  'qwertyuiopasdfghjklzxcvbnm',
  'qwertzuiopasdfghjklyxcvbnm',
  'azertyuiopqsdfghjklmwxcvbn',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p',
  '1q2w3e4r5t6y7u8i9o0p',
  'q1w2e3r4t5y6u7i8o9p0',
  '!@#$%^&*()_+',
]

// A unit that occurs at least twice, the last time perhaps truncated. The shortest unit is the text without
// its longest border (a prefix that is also a suffix), which the table of Knuth, Morris and Pratt gives in
// linear time.
function isRepetition(text: string): boolean {
  const borders = new Uint32Array(text.length)
  let border = 0
  for (let index = 1; index < text.length; index++) {
    while (border > 0 && text[index] !== text[border]) border = borders[border - 1] ?? 0
    if (text[index] === text[border]) border++
    borders[index] = border
  }
  return text.length > 1 && (text.length - border) * 2 <= text.length
}

function isRun(text: string): boolean {
  const reversed = Array.from(text).reverse().join('')
  return runs.some((run) => {
    const twice = run + run
    return twice.includes(text) || twice.includes(reversed)
  })
}

/** Whether a lowercase text follows such a pattern from its first character to its last. */
export function isPattern(text: string): boolean {
  return isRepetition(text) || isRun(text)
}
