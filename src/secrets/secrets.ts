/**
 * Random values and one-way hashes for the core's `Secrets` port. Knows no user, no address and no clock.
 *
 * Invariants: (1) stored values can't be used to sign in; (2) each token has one spelling; (3) a malformed
 * token is recognized without a query.
 */

import { createHash, createHmac, randomBytes, randomUUID } from 'node:crypto'
import * as crypto from 'node:crypto'
import { decodeBase64url, encodeBase64url, equalBytes, idFromBytes, idToBytes } from '../base/index.js'
import type { Secrets } from '../core/index.js'
import { codeMac, matchNumber, newCode } from './codes.js'
import { createKeyring, deriveKey } from './keyring.js'
import { openText, sealHead, sealText } from './seal.js'

const sessionTokenPattern = /^[A-Za-z0-9_-]{64}$/
const linkTokenLength = 43
// The ids of a user and a session, and their MAC.
const endingTokenLength = 86

// The one-shot hash takes a fifth of the time of a hash object, and a buffer made from text comes from the
// buffer pool instead of a new allocation: on the hot path that is a tenth of a session check. Runtimes
// without it (such as Node before 20.12) use the object.
const sha256: (bytes: Uint8Array | string) => Buffer =
  'hash' in crypto
    ? (bytes) => Buffer.from(crypto.hash('sha256', bytes, 'hex'), 'hex')
    : (bytes) => createHash('sha256').update(bytes).digest()

const endingMac = (key: Uint8Array, ids: Uint8Array): Buffer => createHmac('sha256', key).update(ids).digest()

/**
 * The secrets of one `Auth`. Each in the list has 32 bytes or more; codes have one of the lengths, the
 * shortest first.
 */
export function createSecrets(options: {
  readonly secrets: readonly [string, ...string[]]
  readonly codeLengths: readonly number[]
}): Secrets {
  const keyring = createKeyring(options.secrets)
  const { codeLengths } = options
  const longest = Math.max(...codeLengths)
  const auditKey = deriveKey(options.secrets[0], 'audit address')
  const endingKeys = options.secrets.map((secret) => deriveKey(secret, 'session ending'))
  const digitsPattern = /^[0-9]+$/

  return {
    keyVersions: keyring.all.map(({ version }) => version),

    sealHeads: keyring.all.map(sealHead),

    newId: () => randomUUID(),

    newSessionToken() {
      const id = randomUUID()
      const bytes = Buffer.concat([idToBytes(id), randomBytes(32)])
      return { token: bytes.toString('base64url'), id, secretHash: sha256(bytes.subarray(16)) }
    },

    // 64 characters are 48 bytes without a spare bit, so the platform's lenient decoder is strict here. It is
    // also the faster one, and this is the hot path.
    readSessionToken(token) {
      if (typeof token !== 'string' || !sessionTokenPattern.test(token)) return null
      const bytes = Buffer.from(token, 'base64url')
      // The database accepts an id without hyphens, too.
      return { id: bytes.toString('hex', 0, 16), secretHash: sha256(bytes.subarray(16)) }
    },

    newVerification(type) {
      const id = randomUUID()
      const messageId = randomUUID()
      const secret = randomBytes(32)
      const token = encodeBase64url(secret)
      // The statement that stores the code decides its length: each shorter code is a prefix of the longest.
      const code = newCode(longest)
      const macs = codeLengths.map((length) => codeMac(keyring.current, code.slice(0, length), { id, type }))
      return {
        id,
        type,
        linkHash: sha256(secret),
        codeMacs: Buffer.concat(macs),
        keyVersion: keyring.current.version,
        messageId,
        sealed: sealText(keyring, messageId, JSON.stringify({ token, code })),
      }
    },

    readLinkToken(token) {
      if (token.length !== linkTokenLength) return null
      const secret = decodeBase64url(token)
      return secret === null ? null : sha256(secret)
    },

    newEndingToken(userId, id) {
      const ids = Buffer.concat([idToBytes(userId), idToBytes(id)])
      return encodeBase64url(Buffer.concat([ids, endingMac(endingKeys[0] as Buffer, ids)]))
    },

    // Nothing is stored: the MAC proves that a message was made for this session.
    readEndingToken(token) {
      const bytes = token.length === endingTokenLength ? decodeBase64url(token) : null
      if (bytes === null) return null
      const [ids, mac] = [bytes.subarray(0, 32), bytes.subarray(32)]
      if (!endingKeys.some((key) => equalBytes(endingMac(key, ids), mac))) return null
      return { userId: idFromBytes(ids), id: idFromBytes(ids, 16) }
    },

    isCode: (code) => codeLengths.includes(code.length) && digitsPattern.test(code),

    codeMatches(code, type, candidate) {
      const key = keyring.byVersion(candidate.keyVersion)
      return (
        key !== undefined && equalBytes(codeMac(key, code, { id: candidate.id, type }), candidate.codeMac)
      )
    },

    hashFlow: (flow) => sha256(flow),

    digestAddress: (valueKey) => createHmac('sha256', auditKey).update(valueKey).digest(),

    matchNumber({ id, keyVersion }, flowHash) {
      const key = keyring.byVersion(keyVersion)
      return key === undefined ? null : matchNumber(key, id, flowHash)
    },

    unseal(messageId, sealed) {
      const text = openText(keyring, messageId, sealed)
      return text === null ? null : (JSON.parse(text) as { token: string; code: string })
    },
  }
}
