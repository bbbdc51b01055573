/** Which passwords are accepted. */

import { describe, expect, it } from 'vitest'
import { judgePassword } from './password.js'
import type { PasswordSubject } from './password.js'

const listed = 'a listed password'
const policy = {
  settings: {
    password: { minLength: 12, maxLength: 256, context: ['Product Name'] },
    verification: { linkLifetimeMs: 1, codeLifetimeMs: 1, codeLengths: { digits: [6], lengthenAfter: [] } },
    sweep: { claimsAfterMs: 1 },
    audit: { keepMs: null, keepPersonalMs: 1 },
  },
  blocklist: {
    includes: (password: string) => Promise.resolve([listed, 'letmein'].includes(password)),
    isBreached: () => Promise.reject(new Error('asked too early')),
  },
}
const person: PasswordSubject = {
  addresses: ['ada.lovelace@example.com'],
  names: ['Augusta Ada King', 'u7x_12', null],
}

async function ruleOf(password: string): Promise<string | undefined> {
  return (await judgePassword(policy, password, person))?.rule
}

describe('a password', () => {
  it.each([
    'seven wooden lanterns',
    '🦉🌲🎈🍋🚲🎻🧭🌊🦊🎲🍩🔭',
    'twelve chars',
    ' leading and trailing ',
    'x\u0000y\u0000 with NULs',
    'é'.repeat(256),
  ])('may be %j', async (password) => {
    expect(await ruleOf(password)).toBeUndefined()
  })

  it.each([
    ['elevenchars', 'min'],
    ['🦉🌲🎈🍋🚲🎻🧭🌊🦊🎲🍩', 'min'],
    ['e\u0301'.repeat(11), 'min'],
    ['x'.repeat(257), 'max'],
    ['x'.repeat(1_000_000), 'max'],
    ['half \ud800 a surrogate', 'format'],
    [listed, 'breached'],
    ['ada.lovelace@example.com', 'context'],
    ['ADA.LOVELACE@EXAMPLE.COM', 'context'],
    ['ada.lovelace2026!', 'context'],
    ['augusta ada king', 'context'],
    ['AugustaAdaKing1815', 'context'],
    ['product-name-2026', 'context'],
    ['ProductNameProductName', 'context'],
    ['u7x_12u7x_12', 'context'],
    ['2026ProductName', 'context'],
    ['Pr0duct-N@me2026', 'context'],
    ['productname letmein', 'context'],
  ])('may not be %j: %s', async (password, rule) => {
    expect(await ruleOf(password)).toBe(rule)
  })
})
