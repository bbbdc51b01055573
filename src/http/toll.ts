/**
 * The toll: proof of work that strangers must solve when a shared limit is exceeded. Challenges and solutions
 * have ALTCHA's format.
 *
 * Invariants: (1) a challenge is valid for one route, one address and one browser, and contains only a keyed
 * digest of them; (2) its expiry is part of what is signed, and the database that consumes it checks it; (3)
 * an invalid solution counts as none and causes no fault; (4) checking a solution costs one digest.
 */

import { createChallenge, randomInt, verifySolution } from 'altcha-lib'
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2'
import type { Payload } from 'altcha-lib/types'
import type { Toll } from '../base/index.js'
import { maxWork } from '../store/index.js'
import type { TollPayment } from '../core/index.js'
import type { HttpKeys } from './http-keys.js'

/** The header of a solution. */
export const tollHeader = 'Latchkey-Toll'
/** The form field of a solution, or of a wait instead of one. */
export const tollField = '_toll'

/** How long a page without scripts waits, in seconds. */
export const waitSeconds = 60

/** What a toll is bound to. */
export interface Bound {
  readonly path: string
  /** The normalized address; empty if there is none. */
  readonly address: string
  /** The name of the requesting browser. */
  readonly browserName: string
}

/** The tolls of one `Auth`. */
export interface Tolls {
  /**
   * Creates a challenge. `times` is how many times the limit has been used up, and `at` is the database's
   * time.
   */
  demand(bound: Bound, due: { readonly times: number; readonly at: Date }): Promise<Toll>
  /** Reads the payment in a header or field; null if it is invalid. */
  read(presented: string | null, bound: Bound): Promise<(TollPayment & { readonly waited: boolean }) | null>
}

const lifetimeMs = 2 * 60_000
const waitedLifetimeMs = 10 * 60_000
// 10,000 rounds take about 10 ms on a phone. One unit of work takes 100 tries on average.
const rounds = 10_000
const triesOfOne = 200
// At most a minute: 6,000 attempts, where the most work would otherwise take up to 6,400.
const maxTries = 6000
const longest = 4096
const purpose = 'toll'

/** The units of work when the limit was used up `times` times: they double whenever the excess doubles. */
export function workFor(times: number): number {
  return Math.min(maxWork, 2 ** Math.floor(Math.log2(Math.max(1, times))))
}

function readPayload(presented: string): Payload | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(presented, 'base64').toString())
    const { challenge, solution } = (value ?? {}) as Partial<Payload>
    return typeof challenge?.parameters === 'object' &&
      typeof challenge.signature === 'string' &&
      typeof challenge.parameters.keySignature === 'string' &&
      typeof solution?.derivedKey === 'string'
      ? { challenge, solution }
      : null
  } catch {
    return null
  }
}

/** Creates the tolls of one `Auth`. */
export function createTolls(keys: HttpKeys): Tolls {
  const signing = keys.keysOf('toll signature')
  const judging = keys.keysOf('toll solution')
  const textOf = ({ path, address, browserName }: Bound, work: number, until: number): string =>
    JSON.stringify([path, address, browserName, work, until])

  // Any of the configured secrets may have signed it.
  async function isSolved(payload: Payload): Promise<boolean> {
    for (const [index, secret] of signing.entries()) {
      const judged = await verifySolution({
        ...payload,
        deriveKey,
        hmacSignatureSecret: secret,
        hmacKeySignatureSecret: judging[index] ?? secret,
      })
      if (judged.verified) return true
    }
    return false
  }

  async function readSolution(presented: string, bound: Bound) {
    const payload = readPayload(presented)
    if (payload === null) return null
    const { nonce, data } = payload.challenge.parameters
    const { digest, work, until } = data ?? {}
    if (typeof digest !== 'string' || typeof work !== 'number' || typeof until !== 'number') return null
    if (!keys.isMac(purpose, textOf(bound, work, until), digest)) return null
    const solved = await isSolved(payload).catch(() => false)
    if (!solved) return null
    return { id: Buffer.from(nonce, 'hex'), from: new Date(0), until: new Date(until), work, waited: false }
  }

  function readWait(presented: string, bound: Bound) {
    const text = keys.unseal('toll wait', presented)
    if (text === null) return null
    const { id, digest, from } = JSON.parse(text) as { id: string; digest: string; from: number }
    if (!keys.isMac(purpose, textOf(bound, maxWork, from), digest)) return null
    const until = new Date(from + waitedLifetimeMs)
    return { id: Buffer.from(id, 'base64url'), from: new Date(from), until, work: maxWork, waited: true }
  }

  function wait(bound: Bound, at: Date): string {
    const from = at.getTime() + waitSeconds * 1000
    const digest = keys.mac(purpose, textOf(bound, maxWork, from))
    return keys.seal('toll wait', JSON.stringify({ id: keys.newName(), digest, from }))
  }

  return {
    async demand(bound, { times, at }) {
      const work = workFor(times)
      const until = at.getTime() + lifetimeMs
      const [[secret = ''], [judge = '']] = [signing, judging]
      const challenge = await createChallenge({
        algorithm: 'PBKDF2/SHA-256',
        cost: rounds,
        counter: randomInt(Math.min(maxTries, work * triesOfOne), 0),
        data: { digest: keys.mac(purpose, textOf(bound, work, until)), work, until },
        deriveKey,
        hmacSignatureSecret: secret,
        hmacKeySignatureSecret: judge,
      })
      const { parameters, signature } = challenge
      const { keySignature, data } = parameters
      return {
        challenge: {
          parameters: { ...parameters, ...(keySignature && { keySignature }), ...(data && { data }) },
          ...(signature !== undefined && { signature }),
        },
        expiresAt: new Date(until).toISOString(),
        wait: wait(bound, at),
      }
    },

    async read(presented, bound) {
      if (presented === null || presented === '' || presented.length > longest) return null
      return readWait(presented, bound) ?? (await readSolution(presented, bound))
    },
  }
}
