/**
 * The toll: what a stranger solves when a limit of all is exceeded. Challenges and solutions are ALTCHA's.
 *
 * Invariants: (1) a challenge is worth something for one route, one address and one browser, of which it shows a keyed
 * digest alone; (2) its end is part of what is signed, and judged by the database that spends it; (3) what is no
 * solution is none, and never a fault; (4) what a solution costs to judge is one digest.
 */

import { createChallenge, randomInt, verifySolution } from 'altcha-lib'
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2'
import type { Payload } from 'altcha-lib/types'
import type { Toll } from '../base/index.js'
import { maxWork } from '../store/index.js'
import type { TollPayment } from '../core/index.js'
import type { HttpKeys } from './http-keys.js'

/** The header in which a solution is sent. */
export const tollHeader = 'Latchkey-Toll'
/** The field of a form in which a solution, or what waits instead, is sent. */
export const tollField = '_toll'

/** How long a page without scripts waits, in seconds. */
export const waitSeconds = 60

/** What a toll is asked for, or paid for. */
export interface Bound {
  readonly path: string
  /** As it is compared; the empty text where there is none. */
  readonly address: string
  /** The name of the browser that asks. */
  readonly browserName: string
}

/** The tolls of one engine. */
export interface Tolls {
  /** What to solve. `times` says how many times a limit has been taken, and `at` is the database's time. */
  demand(bound: Bound, due: { readonly times: number; readonly at: Date }): Promise<Toll>
  /** What a header or a field pays with; null where that is nothing. */
  read(presented: string | null, bound: Bound): Promise<(TollPayment & { readonly waited: boolean }) | null>
}

const lifetimeMs = 2 * 60_000
const waitedLifetimeMs = 10 * 60_000
// 10,000 rounds take about 10 ms on a phone, and 100 tries are what one unit of work takes on average.
const rounds = 10_000
const triesOfOne = 200
// A minute at most: 6,000 tries, where one unit of the work that is due would be 6,400.
const maxTries = 6000
const longest = 4096
const purpose = 'toll'

/** The units of work for so many times the limit: doubled with every doubling of the excess. */
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

/** The tolls of one engine. */
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
