/**
 * The online range check of breached passwords (k-anonymity, the protocol of Have I Been Pwned). Only the
 * first five hex digits of a SHA-1 leave the process.
 *
 * Invariant: it fails open. If the service doesn't answer in time, the password is accepted.
 */

import { createHash } from 'node:crypto'

/** The service to use, and how long to wait for it. */
export interface RangeCheckOptions {
  /** `https://api.pwnedpasswords.com` by default. */
  readonly url?: string | undefined
  /** 1500 by default. */
  readonly timeoutMs?: number | undefined
  /** The platform's by default. */
  readonly fetch?: typeof globalThis.fetch | undefined
}

const prefixLength = 5

function counts(body: string, suffix: string): boolean {
  // Padding lines have the count 0.
  return body.split('\n').some((line) => {
    const [found, count] = line.trim().split(':')
    return found?.toUpperCase() === suffix && Number(count) > 0
  })
}

/** A check against one service; `onFault` is called when it is not available. */
export function createRangeCheck(options: RangeCheckOptions, onFault: (error: unknown) => void) {
  const { url = 'https://api.pwnedpasswords.com', timeoutMs = 1500 } = options
  const base = url.replace(/\/$/, '')

  return async (password: string): Promise<boolean> => {
    try {
      const digest = createHash('sha1').update(password).digest('hex').toUpperCase()
      const ask = options.fetch ?? globalThis.fetch
      const response = await ask(`${base}/range/${digest.slice(0, prefixLength)}`, {
        headers: { 'Add-Padding': 'true', 'User-Agent': 'latchkey' },
        signal: AbortSignal.timeout(timeoutMs),
      })
      if (!response.ok) throw new Error(`The range check answered with status ${response.status}.`)
      return counts(await response.text(), digest.slice(prefixLength))
    } catch (error) {
      onFault(error)
      return false
    }
  }
}
