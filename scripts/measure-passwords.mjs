// Measures how many of the most common passwords are refused, and how many good ones. `node
// scripts/measure-passwords.mjs [count]`, after a build. The figures are in docs/passwords.md.
import { randomInt } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { performance } from 'node:perf_hooks'
import { dictionary } from '@zxcvbn-ts/language-common'
import { createBlocklist } from '../dist/blocklist/index.js'
import { judgePassword } from '../dist/core/password.js'

const count = Number(process.argv[2] ?? 20_000)
const policy = {
  settings: { password: { minLength: 12, maxLength: 256, context: ['Acme'] } },
  blocklist: createBlocklist({
    onFault: (error) => {
      throw error
    },
  }),
}
const nobody = { addresses: ['ada.lovelace@example.com'], names: ['Ada Lovelace'] }
const isRefused = async (password) => (await judgePassword(policy, password, nobody)) !== null

const pick = (list) => list[randomInt(list.length)]
const words = dictionary['diceware-common']
const phrase = (many, between) => Array.from({ length: many }, () => pick(words)).join(between)
const letters = 'abcdefghijklmnopqrstuvwxyz'
const alphanumeric = `${letters}${letters.toUpperCase()}0123456789`
const printable = `${alphanumeric}!"#$%&'()*+,-./:;<=>?@[]^_{|}~`
const random = (alphabet, length) => Array.from({ length }, () => pick(alphabet)).join('')

const good = {
  'four random words, spaces': () => phrase(4, ' '),
  'four random words, hyphens': () => phrase(4, '-'),
  'four random words, nothing between': () => phrase(4, ''),
  'five random words, a digit and a sign': () => `${phrase(5, '-')}-7!`,
  '14 random letters and digits': () => random(alphanumeric, 14),
  '16 random printable characters': () => random(printable, 16),
  '20 random printable characters': () => random(printable, 20),
  '14 random small letters': () => random(letters, 14),
  '32 random hexadecimal digits': () => random('0123456789abcdef', 32),
}

const tried = JSON.parse(await readFile(new URL('corpus/tried-passwords.json', import.meta.url), 'utf8'))
const passed = []
for (const password of tried) if (!(await isRefused(password))) passed.push(password)
console.log(
  `${tried.length - passed.length} of ${tried.length} well-known ones are refused; passed: ${passed.join(', ') || 'none'}`,
)

const bases = dictionary['passwords-common']
  .slice(0, 1000)
  .map(String)
  .filter((base) => /^[a-z]{4,10}$/.test(base))
const leet = (text) =>
  text.replaceAll('a', '@').replaceAll('o', '0').replaceAll('e', '3').replaceAll('i', '1')
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1)
const habits = {
  'and 12345678': (base) => `${base}12345678`,
  'capital, year and sign': (base) => `${capital(base)}2026!!!`,
  'capital, leet, digits and sign': (base) => `${capital(leet(base))}1234567!`,
  'digits before and after': (base) => `1234${base}1234`,
}
for (const [habit, change] of Object.entries(habits)) {
  const changed = bases.map(change).filter((password) => password.length >= 12)
  let refused = 0
  for (const password of changed) if (await isRefused(password)) refused++
  console.log(
    `${refused} of ${changed.length} common bases with ${habit}: ${((100 * refused) / changed.length).toFixed(1)} %`,
  )
}

for (const [kind, make] of Object.entries(good)) {
  let refused = 0
  const samples = Array.from({ length: count }, make)
  const start = performance.now()
  for (const password of samples) if (await isRefused(password)) refused++
  const each = (performance.now() - start) / count
  console.log(
    `${kind}: ${refused} of ${count} refused (${((100 * refused) / count).toFixed(4)} %), ${each.toFixed(3)} ms each`,
  )
}
