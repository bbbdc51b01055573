// Builds data/common-passwords.bloom from the dictionaries of @zxcvbn-ts. See data/README.md.
import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'

const packages = ['common', 'en', 'pt-br', 'es-es', 'fr', 'de']
// Half of the documented one in a million, to stay safely below it.
const falsePositives = 5e-7
// Shorter words are parts of longer passwords. From this length on, people use them as passwords, and names
// too.
const shortest = 4
const wholeFrom = 8
const shortOf =
  /^passwords-common$|^firstnames|^commonWords-en$|^(?:months|seasons|daysOfWeek|planets|rainbowColors|zodiacSigns)/

async function readWords(name) {
  const module = await import(`@zxcvbn-ts/language-${name}`)
  const dictionary = module.dictionary ?? module.default.dictionary
  return Object.entries(dictionary).flatMap(([list, words]) => {
    if (!Array.isArray(words)) return []
    const least = shortOf.test(list) ? shortest : wholeFrom
    return words
      .map((word) => String(word).normalize('NFC').toLowerCase())
      .filter((word) => [...word].length >= least)
  })
}

const words = new Set()
for (const name of packages) {
  const before = words.size
  for (const word of await readWords(name)) words.add(word)
  console.log(`@zxcvbn-ts/language-${name}: ${words.size - before} entries`)
}

const bits = Math.ceil((-words.size * Math.log(falsePositives)) / Math.LN2 ** 2)
const hashes = Math.round((bits / words.size) * Math.LN2)
const filter = Buffer.alloc(Math.ceil(bits / 8))
for (const word of words) {
  const digest = createHash('sha256').update(word).digest()
  let bit = digest.readUInt32BE(0) % bits
  let step = digest.readUInt32BE(4) % bits
  for (let index = 0; index < hashes; index++) {
    filter[bit >> 3] |= 1 << (bit & 7)
    bit = (bit + step) % bits
    step = (step + index + 1) % bits
  }
}
const head = Buffer.alloc(16)
head.write('LKB2')
head.writeUInt32BE(bits, 4)
head.writeUInt32BE(hashes, 8)
head.writeUInt32BE(words.size, 12)
await writeFile(new URL('../data/common-passwords.bloom', import.meta.url), Buffer.concat([head, filter]))
console.log(`${words.size} entries, ${bits} bits, ${hashes} hashes, ${head.length + filter.length} bytes`)
