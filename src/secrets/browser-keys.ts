/**
 * Keys for values that browsers store: digests that bind a form to its browser, and sealed texts in
 * short-lived cookies.
 *
 * Invariants: (1) these keys differ from those of stored secrets; (2) a digest or a sealed text for one
 * purpose is invalid for any other; (3) the first secret signs and seals, all verify and open.
 */

import { createHmac, timingSafeEqual } from 'node:crypto'
import { createKeyring, deriveKey } from './keyring.js'
import { openText, sealText } from './seal.js'

const longest = 4096

/** Digests and seals for browsers. */
export interface BrowserKeys {
  /** HMAC-SHA-256 of a text for one purpose, in base64url. */
  mac(purpose: string, text: string): string
  /** Whether a digest matches this text and purpose, under any configured secret. */
  isMac(purpose: string, text: string, mac: string): boolean
  /** AES-256-GCM of a text for one purpose, in base64url. */
  seal(purpose: string, text: string): string
  /** Null when no configured secret opens it. */
  unseal(purpose: string, sealed: string): string | null
  /** A key for this use only from each configured secret, as text; the first signs, all verify. */
  keysOf(use: string): readonly string[]
}

/** Derives the keys from the configured secrets. */
export function createBrowserKeys(secrets: readonly [string, ...string[]]): BrowserKeys {
  const ring = createKeyring(secrets, { mac: 'browser mac', seal: 'cookie seal' })
  const digest = (key: Uint8Array, purpose: string, text: string): Buffer =>
    createHmac('sha256', key).update(`${purpose}|${text}`).digest()

  return {
    mac: (purpose, text) => digest(ring.current.mac, purpose, text).toString('base64url'),

    // As text, since several texts decode to the same bytes.
    isMac(purpose, text, mac) {
      const given = Buffer.from(mac.slice(0, longest))
      return ring.all.some((key) => {
        const wanted = Buffer.from(digest(key.mac, purpose, text).toString('base64url'))
        return wanted.length === given.length && timingSafeEqual(wanted, given)
      })
    },

    seal: (purpose, text) => Buffer.from(sealText(ring, purpose, text)).toString('base64url'),

    unseal: (purpose, sealed) =>
      sealed.length > longest ? null : openText(ring, purpose, Buffer.from(sealed, 'base64url')),

    keysOf: (use) => secrets.map((secret) => deriveKey(secret, use).toString('base64url')),
  }
}
