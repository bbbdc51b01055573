/** Passwords that no list needs to hold: one unit repeated, and runs along the alphabet, the digits or a keyboard. */

const runs = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890123456789',
  'qwertyuiopasdfghjklzxcvbnm',
  'qwertzuiopasdfghjklyxcvbnm',
  'azertyuiopqsdfghjklmwxcvbn',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p',
]

// A unit at least twice, the last time perhaps cut off.
function isRepetition(text: string): boolean {
  for (let unit = 1; unit * 2 <= text.length; unit++) {
    const times = Math.ceil(text.length / unit)
    if (text.slice(0, unit).repeat(times).startsWith(text)) return true
  }
  return false
}

function isRun(text: string): boolean {
  const reversed = Array.from(text).reverse().join('')
  return runs.some((run) => {
    const twice = run + run
    return twice.includes(text) || twice.includes(reversed)
  })
}

/** Whether a lower-case text follows such a pattern from its first character to its last. */
export function isPattern(text: string): boolean {
  return isRepetition(text) || isRun(text)
}
