/**
 * The PHC form of Argon2 hashes (RFC 9106), parsed strictly, so that an engine accepts every parsed hash.
 *
 * Bounds: 1 GiB of memory, 64 passes, 16 lanes, and 4 GiB written over all passes, which takes seconds at
 * most.
 */

import { decodeUnpadded } from './base64.js'

/** A parsed hash. */
export interface Argon2Hash {
  readonly variant: 'argon2id' | 'argon2i' | 'argon2d'
  /** 19; or 16 before the year 2016, and when the hash has no version. */
  readonly version: number
  readonly memoryKib: number
  readonly passes: number
  readonly lanes: number
  readonly salt: Buffer
  readonly key: Buffer
}

const form =
  /^\$(argon2(?:id|i|d))\$(?:v=(16|19)\$)?m=([1-9]\d{0,6}),t=([1-9]\d?),p=([1-9]\d?)\$([A-Za-z0-9+/]{11,128})\$([A-Za-z0-9+/]{16,128})$/
const maxMemoryKib = 1_048_576
const maxPasses = 64
const maxLanes = 16
const maxWorkKib = 4 * maxMemoryKib
// RFC 9106 §3.1: eight blocks of 1 KiB for each lane.
const leastKibPerLane = 8

function isBearable({ memoryKib, passes, lanes }: Argon2Hash): boolean {
  return (
    memoryKib >= leastKibPerLane * lanes &&
    memoryKib <= maxMemoryKib &&
    passes <= maxPasses &&
    lanes <= maxLanes &&
    memoryKib * passes <= maxWorkKib
  )
}

/** The parts of a hash, or null when it is damaged or costs too much. */
export function readArgon2(text: string): Argon2Hash | null {
  const match = form.exec(text)
  if (match === null) return null
  const [memoryKib, passes, lanes] = match.slice(3, 6).map(Number) as [number, number, number]
  const [salt = null, key = null] = match.slice(6).map(decodeUnpadded)
  if (salt === null || key === null) return null
  const variant = match[1] as Argon2Hash['variant']
  const hash = { variant, version: Number(match[2] ?? 16), memoryKib, passes, lanes, salt, key }
  return isBearable(hash) ? hash : null
}
