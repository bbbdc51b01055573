/**
 * Which limits a request is charged to. Knows no database.
 *
 * Invariants: (1) networks are charged apart and first; (2) an address is charged alike whether anybody has it or not,
 * so no refusal tells of it; (3) a known browser has limits of its own and owes no toll, so that strangers who guess or
 * ask don't get in its owner's way; (4) what has a subject of an attacker's choice is bounded by the network before.
 */

import { parseDuration } from '../base/index.js'
import type { Duration } from '../base/index.js'
import type { Limit } from '../core/index.js'
import type { ClientAddress } from './client-address.js'
import type { LimitName, LimitTable } from './limit-table.js'

/** Who is charged. */
export interface Who {
  readonly client: Pick<ClientAddress, 'network' | 'wider'>
  /** A digest of the browser's name where that browser is known to whoever has the address, else null. */
  readonly known: string | null
}

/** A message that is asked for. */
export interface MessageRequest {
  readonly purpose: string
  /** As it is compared. */
  readonly address: string
  readonly type: 'email' | 'phone'
  /** The calling code of a phone; null where there is none. */
  readonly country: string | null
}

/** The networks that some limit counts. */
export type NetworkLimit = 'passwordNetwork' | 'codeNetwork' | 'messageNetwork' | 'signUpNetwork'

/** What a request is charged to. */
export interface RequestLimits {
  /** To be charged first, whatever becomes of the request. Refused with 429: it tells only of who asks. */
  networks(client: Who['client'], ...limits: readonly NetworkLimit[]): readonly Limit[]
  /** Before a password is compared; `account` is its owner's id, or the address where nobody has it. */
  password(who: Who, address: string, account: string): readonly Limit[]
  /** Before the password of somebody who is signed in is compared, to change it. */
  currentPassword(userId: string, sessionId: string): readonly Limit[]
  /** Before a code or link is redeemed. Guesses at one code are counted with the code itself. */
  code(who: Who): readonly Limit[]
  /** For every message. A refusal looks like success, since it would tell of the address. */
  message(who: Who, request: MessageRequest): readonly Limit[]
  /** Beside the message that a sign-up sends. */
  signUp(): readonly Limit[]
  /** What keeps somebody from asking again, by this network or this known browser; ended when the secret is redeemed. */
  pauses(who: Who, request: Pick<MessageRequest, 'purpose' | 'address'>): readonly Limit[]
  /** For a browser that waits instead of solving: one at a time for a network. */
  wait(client: Who['client']): readonly Limit[]
  /** The limits that get the attempt back when it turned out right. */
  missesOf(limits: readonly Limit[]): readonly Limit[]
}

// Settings were read when the engine opened, so every duration here is one.
const msOf = (duration: Duration): number => parseDuration(duration) as number
const everybody = 'all'

/** The limits that each kind of request counts against. */
export function createRequestLimits(table: LimitTable): RequestLimits {
  function limitOf(name: LimitName, subject: string, times = 1): Limit {
    const { limit, window, beyond, pause, maxPause, free } = table[name]
    return {
      name,
      subject,
      max: limit * times,
      windowMs: msOf(window),
      ...(beyond !== undefined && { beyond }),
      ...(pause !== undefined && { pauseMs: msOf(pause) }),
      ...(maxPause !== undefined && { maxPauseMs: msOf(maxPause) }),
      ...(free !== undefined && { free }),
    }
  }

  const pause = (by: string, { purpose, address }: Pick<MessageRequest, 'purpose' | 'address'>): Limit =>
    limitOf('messagePause', `${purpose} ${by} ${address}`)

  return {
    networks: ({ network, wider }, ...limits) =>
      limits.flatMap((name) => [
        limitOf(name, network),
        ...wider.map((tier) => limitOf(name, tier.network, tier.times)),
      ]),

    password({ client, known }, address, account) {
      if (known !== null) return [limitOf('passwordKnown', `${known} ${address}`)]
      return [
        limitOf('passwordStranger', `${client.network} ${address}`),
        limitOf('passwordAddress', address),
        limitOf('passwordInARow', account),
        limitOf('passwordGlobal', everybody),
      ]
    },

    currentPassword: (userId, sessionId) => [limitOf('passwordKnown', `${sessionId} ${userId}`)],

    code: ({ known }) => (known === null ? [limitOf('codeGlobal', everybody)] : []),

    message({ client, known }, request) {
      const { address, type, country } = request
      if (known !== null) return [pause(known, request), limitOf('messageKnown', `${known} ${address}`)]
      return [
        pause(client.network, request),
        limitOf('messageStranger', `${client.network} ${address}`),
        limitOf('messageAddress', address),
        ...(type === 'phone' ? [limitOf('messageCountry', country ?? 'unknown')] : []),
        limitOf('messageGlobal', everybody),
      ]
    },

    signUp: () => [limitOf('signUpGlobal', everybody)],

    pauses: ({ client, known }, request) => [
      pause(client.network, request),
      ...(known === null ? [] : [pause(known, request)]),
    ],

    wait: ({ network }) => [limitOf('tollWait', network)],

    missesOf: (limits) => limits.filter(({ name }) => table[name as LimitName].counts === 'misses'),
  }
}
