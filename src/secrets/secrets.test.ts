/** Generating and reading secrets. */

import { describe, expect, it } from 'vitest'
import type { NewVerification } from '../core/index.js'
import { createSecrets } from './index.js'

const older = 'the older secret of thirty-two bytes'
const newer = 'the newer secret of thirty-two bytes'
const codeLengths = [6, 8, 10]
const secrets = createSecrets({ secrets: [newer, older], codeLengths })
const before = createSecrets({ secrets: [older], codeLengths })

describe('a session token', () => {
  it('reads back as its id and the hash of its secret', () => {
    const { token, id, secretHash } = secrets.newSessionToken()
    expect(token).toMatch(/^[A-Za-z0-9_-]{64}$/)
    const read = secrets.readSessionToken(token)
    expect([read?.id, Buffer.from(read?.secretHash ?? [])]).toEqual([
      id.replaceAll('-', ''),
      Buffer.from(secretHash),
    ])
  })

  it('is refused in every other spelling and type (CVE-2026-27840)', () => {
    const { token } = secrets.newSessionToken()
    const others: unknown[] = [
      null,
      undefined,
      0,
      true,
      [],
      {},
      [token],
      '',
      `${token}=`,
      `${token}==`,
      ` ${token}`,
      `${token}\n`,
    ]
    for (let length = 0; length < 64; length++) others.push(token.slice(0, length), token.slice(64 - length))
    others.push(token.replace(/./, '+'), token.replace(/./, '/'), `${token}A`, 'x'.repeat(1_000_000))
    for (const other of others.filter((each) => each !== token))
      expect(secrets.readSessionToken(other)).toBeNull()
  })
})

describe('the token that ends a session', () => {
  const [userId, id] = ['00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-00000000000b']

  it('reads back as the two ids, under every configured secret and no other', () => {
    for (const each of [secrets, before])
      expect(secrets.readEndingToken(each.newEndingToken(userId, id))).toEqual({ userId, id })
    expect(before.readEndingToken(secrets.newEndingToken(userId, id))).toBeNull()
  })

  it('has one spelling, and is worthless with any other byte', () => {
    const bytes = Buffer.from(secrets.newEndingToken(userId, id), 'base64url')
    for (let index = 0; index < bytes.length; index++) {
      const changed = Buffer.from(bytes)
      changed.writeUInt8(changed.readUInt8(index) ^ 1, index)
      expect(secrets.readEndingToken(changed.toString('base64url'))).toBeNull()
    }
    const token = bytes.toString('base64url')
    for (const other of ['', token.slice(1), `${token}=`, `${token.slice(0, -1)}_`, `${token}\n`])
      expect(secrets.readEndingToken(other)).toBeNull()
  })
})

describe('a link token', () => {
  it('has one spelling, and every flipped bit is another token', () => {
    const minted = secrets.newVerification('sign_in')
    const token = secrets.unseal(minted.messageId, minted.sealed)?.token as string
    const hash = Buffer.from(secrets.readLinkToken(token) as Uint8Array)
    expect(hash.equals(Buffer.from(minted.linkHash))).toBe(true)
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    for (let index = 0; index < token.length; index++) {
      for (const letter of alphabet) {
        const other = token.slice(0, index) + letter + token.slice(index + 1)
        const read = secrets.readLinkToken(other)
        if (other !== token && read !== null) expect(hash.equals(Buffer.from(read))).toBe(false)
      }
    }
    for (const other of [`${token}=`, token.slice(1), '', `${token}A`])
      expect(secrets.readLinkToken(other)).toBeNull()
  })
})

/** The bytes that the database stores for a code of that length. */
function candidateOf(minted: Pick<NewVerification, 'id' | 'codeMacs' | 'keyVersion'>, index: number) {
  const { id, codeMacs, keyVersion } = minted
  return { id, codeMac: codeMacs.subarray(index * 32, index * 32 + 32), keyVersion }
}

describe('a code', () => {
  it('is ten digits at most, each as likely as the next', () => {
    const counts = new Array<number>(10).fill(0)
    const rounds = 3000
    for (let round = 0; round < rounds; round++) {
      const minted = secrets.newVerification('email')
      const code = secrets.unseal(minted.messageId, minted.sealed)?.code as string
      expect(secrets.isCode(code)).toBe(true)
      for (const digit of code) counts[Number(digit)] = (counts[Number(digit)] as number) + 1
    }
    // Chi-squared with 9 degrees of freedom: above 40 once in a hundred thousand runs.
    const expected = (rounds * 10) / 10
    const chi = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
    expect(chi).toBeLessThan(40)
  })

  it('matches for its own verification and purpose alone', () => {
    const minted = secrets.newVerification('email')
    const code = secrets.unseal(minted.messageId, minted.sealed)?.code as string
    const candidate = candidateOf(minted, 2)
    expect(secrets.codeMatches(code, 'email', candidate)).toBe(true)
    expect(secrets.codeMatches(code, 'sign_in', candidate)).toBe(false)
    expect(secrets.codeMatches(code, 'email', { ...candidate, id: secrets.newId() })).toBe(false)
    expect(secrets.codeMatches(code, 'email', { ...candidate, keyVersion: 7 })).toBe(false)
  })

  it('matches in each of its lengths for the MAC of that length alone', () => {
    const minted = secrets.newVerification('email')
    const code = secrets.unseal(minted.messageId, minted.sealed)?.code as string
    const matches = codeLengths.map((length) =>
      codeLengths.map((_, index) =>
        secrets.codeMatches(code.slice(0, length), 'email', candidateOf(minted, index)),
      ),
    )
    expect(matches).toEqual([
      [true, false, false],
      [false, true, false],
      [false, false, true],
    ])
  })

  it.each([
    '',
    '12345',
    '1234567',
    '123456789',
    '12345678901',
    '12345a',
    ' 123456',
    '１２３４５６',
    '123456\n',
  ])('is not %s', (text) => {
    expect(secrets.isCode(text)).toBe(false)
  })
})

describe('the number of a waiting browser', () => {
  const flow = secrets.hashFlow('a browser')

  it('has two digits, and is as likely any of the ninety', () => {
    const counts = new Map<string, number>()
    const rounds = 9000
    const { keyVersion } = secrets.newVerification('sign_in')
    for (let round = 0; round < rounds; round++) {
      const number = secrets.matchNumber({ id: secrets.newId(), keyVersion }, flow) as string
      expect(number).toMatch(/^[1-9][0-9]$/)
      counts.set(number, (counts.get(number) ?? 0) + 1)
    }
    // Chi-squared with 89 degrees of freedom: above 160 once in a hundred thousand runs.
    const expected = rounds / 90
    const chi = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
    expect([counts.size, chi < 160]).toEqual([90, true])
  })

  it('stays the same for one verification in one flow, and needs the key that it was made under', () => {
    const many = Array.from({ length: 20 }, () => before.newVerification('sign_in'))
    const number = (pending: { id: string; keyVersion: number }) => secrets.matchNumber(pending, flow)
    expect(many.map(number)).toEqual(many.map((pending) => before.matchNumber(pending, flow)))
    expect(many.map(number)).not.toEqual(
      many.map((pending) => secrets.matchNumber(pending, secrets.hashFlow('other'))),
    )
    const later = createSecrets({ secrets: [newer], codeLengths })
    expect(many.map((pending) => later.matchNumber(pending, flow))).toEqual(many.map(() => null))
  })
})

describe('a sealed message', () => {
  it('opens for its own row alone, and not when it was changed', () => {
    const { messageId, sealed } = secrets.newVerification('email')
    expect(secrets.unseal(messageId, sealed)).not.toBeNull()
    expect(secrets.unseal(secrets.newId(), sealed)).toBeNull()
    for (let index = 0; index < sealed.length; index += 7) {
      const changed = Uint8Array.from(sealed)
      changed[index] = (changed[index] as number) ^ 1
      expect(secrets.unseal(messageId, changed)).toBeNull()
    }
    expect(secrets.unseal(messageId, sealed.subarray(0, 20))).toBeNull()
  })

  it('made under an older secret opens while that is still configured', () => {
    const { messageId, sealed, ...minted } = before.newVerification('email')
    const opened = secrets.unseal(messageId, sealed)
    expect(secrets.codeMatches(opened?.code as string, 'email', candidateOf(minted, 2))).toBe(true)
    const later = createSecrets({ secrets: [newer], codeLengths })
    expect(later.unseal(messageId, sealed)).toBeNull()
  })
})
