/**
 * Which limits a request counts against. Knows no database.
 *
 * Invariants: (1) networks are counted separately and first; (2) an address is counted the same whether it
 * exists or not, so no refusal reveals that; (3) a known browser has its own limits and needs no toll, so
 * strangers' attempts and requests don't block the owner; (4) a limit whose subject an attacker can choose is
 * bounded by the network's limit before it.
 */

import { parseDuration } from '../base/index.js'
import type { Duration, LimitName } from '../base/index.js'
import type { Limit } from '../core/index.js'
import type { ClientAddress } from './client-address.js'
import type { LimitTable } from './limit-table.js'

/** The requester. */
export interface Who {
  readonly client: Pick<ClientAddress, 'network' | 'wider'>
  /** A digest of the browser's name if the owner of the address signed in with it before, else null. */
  readonly known: string | null
}

/** A requested message. */
export interface MessageRequest {
  readonly purpose: string
  /** The normalized address. */
  readonly address: string
  readonly type: 'email' | 'phone'
  /** The calling code of a phone; null if there is none. */
  readonly country: string | null
}

/** The limits that count networks. */
export type NetworkLimit = 'passwordNetwork' | 'codeNetwork' | 'messageNetwork' | 'signUpNetwork'

/** Returns the limits of each kind of request. */
export interface RequestLimits {
  /**
   * Counted first, whatever the outcome of the request. A refusal (429) reveals only facts about the
   * requester.
   */
  networks(client: Who['client'], ...limits: readonly NetworkLimit[]): readonly Limit[]
  /** Before a password is compared; `account` is the owner's id, or the address if it has no owner. */
  password(who: Who, address: string, account: string): readonly Limit[]
  /** Before a signed-in user's current password is compared, to change it. */
  currentPassword(userId: string, sessionId: string): readonly Limit[]
  /** Before a code or link is redeemed. Attempts at one code are counted with the code itself. */
  code(who: Who): readonly Limit[]
  /** For every message. A refusal looks like success, since it would reveal facts about the address. */
  message(who: Who, request: MessageRequest): readonly Limit[]
  /** In addition to the message of a sign-up. */
  signUp(): readonly Limit[]
  /**
   * The pause before the same network or known browser may request again; it ends when the secret is
   * redeemed.
   */
  pauses(who: Who, request: Pick<MessageRequest, 'purpose' | 'address'>): readonly Limit[]
  /** A limit of a feature. */
  own(name: LimitName, subject: string): Limit
  /** For a browser that waits instead of solving a toll: one at a time per network. */
  wait(client: Who['client']): readonly Limit[]
  /** The limits that get a correct attempt back. */
  missesOf(limits: readonly Limit[]): readonly Limit[]
}

// Settings are checked when `createAuth` reads them, so every duration here is valid.
const msOf = (duration: Duration): number => parseDuration(duration) as number
const everybody = 'all'

/** Creates the limits of each kind of request. */
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

    own: (name, subject) => limitOf(name, subject),

    wait: ({ network }) => [limitOf('tollWait', network)],

    missesOf: (limits) => limits.filter(({ name }) => table[name].counts === 'misses'),
  }
}
