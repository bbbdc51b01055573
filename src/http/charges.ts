/**
 * Which limits a request is charged to. Knows no database.
 *
 * Invariants: (1) networks are charged apart and first; (2) an address is charged alike whether anybody has it or not,
 * so no refusal tells of it; (3) a known browser has limits of its own and owes no toll, so that strangers who guess or
 * ask don't get in its owner's way; (4) what has a subject of an attacker's choice is bounded by the network before.
 */

import { parseDuration } from '../base/index.js'
import type { Duration } from '../base/index.js'
import type { Charge } from '../core/index.js'
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
export interface Charges {
  /** To be charged first, whatever becomes of the request. Refused with 429: it tells only of who asks. */
  networks(client: Who['client'], ...limits: readonly NetworkLimit[]): readonly Charge[]
  /** Before a password is compared; `account` is its owner's id, or the address where nobody has it. */
  password(who: Who, address: string, account: string): readonly Charge[]
  /** Before the password of somebody who is signed in is compared, to change it. */
  currentPassword(userId: string, sessionId: string): readonly Charge[]
  /** Before a code or link is redeemed. Guesses at one code are counted with the code itself. */
  code(who: Who): readonly Charge[]
  /** For every message. A refusal looks like success, since it would tell of the address. */
  message(who: Who, request: MessageRequest): readonly Charge[]
  /** Beside the message that a sign-up sends. */
  signUp(): readonly Charge[]
  /** What keeps somebody from asking again, by this network or this known browser; ended when the secret is redeemed. */
  pauses(who: Who, request: Pick<MessageRequest, 'purpose' | 'address'>): readonly Charge[]
  /** For a browser that waits instead of solving: one at a time for a network. */
  wait(client: Who['client']): readonly Charge[]
  /** The charges that are given back when the request turned out right. */
  missesOf(charges: readonly Charge[]): readonly Charge[]
}

// Settings were read when the engine opened, so every duration here is one.
const msOf = (duration: Duration): number => parseDuration(duration) as number
const everybody = 'all'

/** The charges of one engine. */
export function createCharges(table: LimitTable): Charges {
  function charge(name: LimitName, subject: string, times = 1): Charge {
    const { limit, window, beyond, pause, mostPause, free } = table[name]
    return {
      budget: name,
      subject,
      limit: limit * times,
      windowMs: msOf(window),
      ...(beyond !== undefined && { beyond }),
      ...(pause !== undefined && { pauseMs: msOf(pause) }),
      ...(mostPause !== undefined && { mostPauseMs: msOf(mostPause) }),
      ...(free !== undefined && { free }),
    }
  }

  const pause = (by: string, { purpose, address }: Pick<MessageRequest, 'purpose' | 'address'>): Charge =>
    charge('messagePause', `${purpose} ${by} ${address}`)

  return {
    networks: ({ network, wider }, ...limits) =>
      limits.flatMap((name) => [
        charge(name, network),
        ...wider.map((tier) => charge(name, tier.network, tier.times)),
      ]),

    password({ client, known }, address, account) {
      if (known !== null) return [charge('passwordKnown', `${known} ${address}`)]
      return [
        charge('passwordStranger', `${client.network} ${address}`),
        charge('passwordAddress', address),
        charge('passwordInARow', account),
        charge('passwordGlobal', everybody),
      ]
    },

    currentPassword: (userId, sessionId) => [charge('passwordKnown', `${sessionId} ${userId}`)],

    code: ({ known }) => (known === null ? [charge('codeGlobal', everybody)] : []),

    message({ client, known }, request) {
      const { address, type, country } = request
      if (known !== null) return [pause(known, request), charge('messageKnown', `${known} ${address}`)]
      return [
        pause(client.network, request),
        charge('messageStranger', `${client.network} ${address}`),
        charge('messageAddress', address),
        ...(type === 'phone' ? [charge('messageCountry', country ?? 'unknown')] : []),
        charge('messageGlobal', everybody),
      ]
    },

    signUp: () => [charge('signUpGlobal', everybody)],

    pauses: ({ client, known }, request) => [
      pause(client.network, request),
      ...(known === null ? [] : [pause(known, request)]),
    ],

    wait: ({ network }) => [charge('tollWait', network)],

    missesOf: (charges) => charges.filter(({ budget }) => table[budget as LimitName].counts === 'misses'),
  }
}
