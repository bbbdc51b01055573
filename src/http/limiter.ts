/**
 * Counts requests against their limits before any work is done for them. Only this file refuses requests for
 * a limit.
 *
 * Invariants: (1) networks are counted first and separately, whatever the outcome of the request; (2) a
 * refusal that would reveal that an address exists looks like success; (3) an attempt is counted before it is
 * checked, and given back if it was correct; (4) an attempt that a fault kept from being checked, or a
 * correct one from its session, is given back, even if it is unknown whether it was counted, so that a retry
 * succeeds; (5) known browsers need no toll.
 */

import { AuthError } from '../base/index.js'
import type { LimitName } from '../base/index.js'
import type { Limit, LimitStore, LimitVerdict } from '../core/index.js'
import type { Address } from './address.js'
import type { RequestLimits, NetworkLimit, Who } from './request-limits.js'
import type { ClientAddress } from './client-address.js'
import type { HttpKeys } from './http-keys.js'
import { createRefunds } from './refunds.js'
import type { Tolls } from './toll.js'

/** The requester, the browser and the route of a request. */
export interface LimitedRequest {
  readonly client: ClientAddress
  /**
   * The opaque names of the browser, which has at least one after the call: the current one and, for ten
   * minutes, the previous one.
   */
  browserNames(): readonly string[]
  /** The name by which the browser is known to a user, or null. */
  readonly known: string | null
  /** The path of the route, without the origin. */
  readonly path: string
  /** The payment of a toll, as it was sent. */
  readonly toll: string | null
}

/** An attempt that the limits allow; it is already counted. */
export interface LimitedAttempt {
  /**
   * Whether the attempt must fail even if it is correct. It must be checked and answered like a wrong one.
   */
  readonly closed: boolean
  /**
   * Runs the check. A correct attempt is given back, and so is one that could not be checked because of a
   * fault or of other invalid input. A wrong one stays counted.
   */
  judge<T>(work: () => Promise<T>): Promise<T>
  /** Runs what a correct attempt leads to. If a fault prevents that, nothing of the request stays counted. */
  follow<T>(work: () => Promise<T>): Promise<T>
}

/** The redemption of a secret. */
export interface LimitedRedemption {
  /**
   * Like `judge` of an attempt. `proved` returns the request that the secret was sent for, so that its pause
   * ends.
   */
  judge<T>(work: () => Promise<T>, proved?: (result: T) => RedeemedRequest | null): Promise<T>
  /** Like `follow` of an attempt. */
  follow<T>(work: () => Promise<T>): Promise<T>
}

/** A request for a secret that has been redeemed. */
export interface RedeemedRequest {
  readonly purpose: string
  readonly address: Address
}

/** A message that may be sent, or whose response must only look like it. */
export interface LimitedMessage {
  readonly allowed: boolean
  /** Runs the work if it is allowed. If a fault prevents it, the request is given back. */
  send<T>(work: () => Promise<T>): Promise<T | undefined>
}

/** The limiter of one `Auth`. */
export interface Limiter {
  /** A sign-up and the message that it sends. @throws AuthError `rate_limited` */
  signUp(limited: LimitedRequest, to: Address): Promise<LimitedMessage>
  /** A message with a purpose. @throws AuthError `rate_limited` */
  message(limited: LimitedRequest, to: Address, purpose: string): Promise<LimitedMessage>
  /** One attempt at the password of an address. @throws AuthError `rate_limited` */
  password(limited: LimitedRequest, of: Address): Promise<LimitedAttempt>
  /** One attempt at the current password of the signed-in user. @throws AuthError `rate_limited` */
  currentPassword(
    limited: LimitedRequest,
    of: { readonly userId: string; readonly sessionId: string },
  ): Promise<LimitedAttempt>
  /** One attempt to redeem a code of an address, or a link. @throws AuthError `rate_limited` */
  secret(limited: LimitedRequest, of: Address | null): Promise<LimitedRedemption>
  /**
   * One attempt at a limit of a feature. If the limit counts misses, a right attempt is given back.
   * @throws AuthError `rate_limited`
   */
  attempt(
    limited: LimitedRequest,
    of: { readonly limit: LimitName; readonly subject: string },
  ): Promise<Pick<LimitedAttempt, 'judge'>>
  /** Whether the browser of this name signed in with that address before. */
  knows(name: string, of: { readonly type: string; readonly valueKey: string }): Promise<boolean>
}

/** The parts of a limiter. */
export interface LimiterParts {
  readonly store: LimitStore
  readonly requestLimits: RequestLimits
  readonly tolls: Tolls
  readonly keys: Pick<HttpKeys, 'mac' | 'newId'>
  /** The normalized address, or null if it is malformed. */
  readonly addressKey: (type: 'email' | 'phone', value: string) => string | null
  readonly phones: { callingCode(number: string): string | null }
  /** Called when these limits start to require a toll from strangers. */
  readonly onReached: (limits: readonly LimitName[]) => Promise<void>
}

// Whether the error means that the secret itself was wrong.
function wasWrong(error: unknown): boolean {
  if (AuthError.is(error, 'invalid_credentials') || AuthError.is(error, 'invalid_token')) return true
  if (!AuthError.is(error, 'input_invalid')) return false
  return error.fields?.some(({ rule }) => rule === 'current' || rule === 'mismatch') === true
}

// Whether the answer failed although nothing was wrong with the request.
function wasFault(error: unknown): boolean {
  return !AuthError.is(error) || error.code === 'unavailable' || error.code === 'internal'
}

/** The requester as the statements get it, and the remaining limits. */
interface Admitted {
  readonly who: Who
  /** The normalized address; empty if it is malformed. */
  readonly address: string
  readonly userId: string | null
  readonly charged: readonly Limit[]
}

/** How an attempt is settled. */
interface Judging<T> {
  /** The limits to give back after a fault. */
  readonly all: readonly Limit[]
  missed(): Promise<void>
  /** The limits to give back if the attempt was correct. */
  right(result: T): readonly Limit[]
}

/** Creates the limiter. */
export function createLimiter(parts: LimiterParts): Limiter {
  const { store, requestLimits, tolls, keys, addressKey, phones, onReached } = parts
  const refunds = createRefunds(store, keys)

  async function refuse(limited: LimitedRequest, verdict: LimitVerdict, address: string): Promise<AuthError> {
    const { refused, owed, retryAfterMs, judgedAt } = verdict
    if (refused !== null) return new AuthError('rate_limited', { reason: `limit_${refused}`, retryAfterMs })
    const { times, limits: names } = owed ?? { times: 1, limits: [] }
    const [browserName = ''] = limited.browserNames()
    const bound = { path: limited.path, address, browserName }
    const toll = await tolls.demand(bound, { times, at: judgedAt })
    return new AuthError('rate_limited', { reason: `toll_${names.join('_')}`, toll })
  }

  // Counts networks and looks up the requester, in one statement.
  async function admit(
    limited: LimitedRequest,
    of: Address | null,
    ...networks: readonly NetworkLimit[]
  ): Promise<Admitted> {
    await refunds.flush()
    const charged = requestLimits.networks(limited.client, ...networks)
    const valueKey = of === null ? null : (addressKey(of.type, of.value) ?? '')
    const address = of === null || valueKey === null ? null : { type: of.type, valueKey }
    const verdict = await refunds.guard(charged, (id) =>
      store.admit(charged, { browser: limited.known, address, id }),
    )
    if (!verdict.allowed) throw await refuse(limited, verdict, valueKey ?? '')
    const known = verdict.known && limited.known !== null ? keys.mac('browser', limited.known) : null
    const { userId } = verdict
    return { who: { client: limited.client, known }, address: valueKey ?? '', userId, charged }
  }

  // A toll that was demanded before a sign-in or sign-out is bound to the previous name of the browser.
  async function paymentOf({ toll, path, browserNames }: LimitedRequest, address: string) {
    for (const browserName of toll === null ? [] : browserNames()) {
      const payment = await tolls.read(toll, { path, address, browserName })
      if (payment !== null) return payment
    }
    return null
  }

  // Counts all other limits and returns the verdict; throws if a toll is due and not paid.
  async function take(
    limited: LimitedRequest,
    { who, address, charged }: Admitted,
    wanted: readonly Limit[],
  ): Promise<{ readonly verdict: LimitVerdict; readonly taken: readonly Limit[] }> {
    const payment = await paymentOf(limited, address)
    const taken = payment?.waited === true ? [...wanted, ...requestLimits.wait(who.client)] : wanted
    try {
      const verdict = await refunds.guard(taken, (id) => store.take(taken, { id, payment }))
      if (verdict.owed !== null) await onReached(verdict.owed.limits)
      return { verdict, taken }
    } catch (error) {
      await refunds.give(charged)
      throw error
    }
  }

  async function sending(
    limited: LimitedRequest,
    admitted: Admitted,
    about: { readonly to: Address; readonly purpose: string; readonly also?: readonly Limit[] },
  ): Promise<LimitedMessage> {
    const { to, purpose, also = [] } = about
    const { who, address } = admitted
    const country = address !== '' && to.type === 'phone' ? phones.callingCode(address) : null
    // Nothing is sent to a malformed address. Whether the requester sees the refusal or not is the same every
    // time.
    const hidden =
      address === '' ? [] : requestLimits.message(who, { purpose, address, type: to.type, country })
    const { verdict, taken } = await take(limited, admitted, [...also, ...hidden])
    const isHidden = (refused: string): boolean =>
      hidden.some(({ name, beyond }) => name === refused && beyond === undefined)
    if (!verdict.allowed && (verdict.refused === null || !isHidden(verdict.refused)))
      throw await refuse(limited, verdict, address)
    return {
      allowed: verdict.allowed,
      async send(work) {
        if (!verdict.allowed) return undefined
        try {
          return await work()
        } catch (error) {
          await refunds.give([...taken, ...admitted.charged])
          throw error
        }
      },
    }
  }

  async function judge<T>(work: () => Promise<T>, how: Judging<T>): Promise<T> {
    let result: T
    try {
      result = await work()
    } catch (error) {
      if (wasWrong(error)) await how.missed()
      else await refunds.give(how.all)
      throw error
    }
    await refunds.give(how.right(result))
    return result
  }

  // What a correct attempt gave back already is not given back again.
  async function follow<T>(work: () => Promise<T>, counted: readonly Limit[]): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (wasFault(error)) await refunds.give(counted)
      throw error
    }
  }

  function passwordAttempt(
    limited: LimitedRequest,
    { who, userId, charged }: Admitted,
    { verdict, taken }: { readonly verdict: LimitVerdict; readonly taken: readonly Limit[] },
  ): LimitedAttempt {
    const closed = verdict.exceeded.includes('passwordInARow')
    const misses = requestLimits.missesOf(taken)
    const paused = misses.filter(({ pauseMs }) => pauseMs !== undefined)

    async function missed(): Promise<void> {
      await store.miss({ limits: paused, browser: limited.known, userId: who.known === null ? null : userId })
      if (verdict.last.includes('passwordInARow') && userId !== null) await store.closed(userId)
    }

    return {
      closed,
      judge: (work) =>
        judge(
          async () => {
            const result = await work()
            // For strategies that a host wrote. The built-in ones check the attempt like a wrong one
            // themselves.
            if (closed) throw new AuthError('invalid_credentials', { reason: 'password_closed' })
            return result
          },
          { all: [...taken, ...charged], missed, right: () => misses },
        ),
      follow: (work) => follow(work, [...taken.filter((limit) => !misses.includes(limit)), ...charged]),
    }
  }

  async function takeOrRefuse(limited: LimitedRequest, admitted: Admitted, wanted: readonly Limit[]) {
    const result = await take(limited, admitted, wanted)
    if (!result.verdict.allowed) throw await refuse(limited, result.verdict, admitted.address)
    return result
  }

  function pausesOf(limited: LimitedRequest, answered: RedeemedRequest | null): readonly Limit[] {
    if (answered === null) return []
    const { purpose, address: to } = answered
    const address = addressKey(to.type, to.value) ?? ''
    const known = limited.known === null ? null : keys.mac('browser', limited.known)
    return requestLimits.pauses({ client: limited.client, known }, { purpose, address })
  }

  return {
    async signUp(limited, to) {
      const admitted = await admit(limited, to, 'signUpNetwork', 'messageNetwork')
      return sending(limited, admitted, { to, purpose: 'email', also: requestLimits.signUp() })
    },

    async message(limited, to, purpose) {
      return sending(limited, await admit(limited, to, 'messageNetwork'), { to, purpose })
    },

    async password(limited, of) {
      const admitted = await admit(limited, of, 'passwordNetwork')
      const { who, address, userId } = admitted
      const wanted = requestLimits.password(who, address, userId ?? address)
      return passwordAttempt(limited, admitted, await takeOrRefuse(limited, admitted, wanted))
    },

    knows: (name, subject) => store.knows(name, subject),

    async attempt(limited, { limit, subject }) {
      const admitted = await admit(limited, null, 'codeNetwork')
      const { taken } = await takeOrRefuse(limited, admitted, [requestLimits.own(limit, subject)])
      return {
        judge: (work) =>
          judge(work, {
            all: [...taken, ...admitted.charged],
            missed: () => Promise.resolve(),
            right: () => requestLimits.missesOf(taken),
          }),
      }
    },

    async currentPassword(limited, { userId, sessionId }) {
      const admitted = await admit(limited, null, 'passwordNetwork')
      const wanted = requestLimits.currentPassword(userId, sessionId)
      return passwordAttempt(limited, admitted, await takeOrRefuse(limited, admitted, wanted))
    },

    async secret(limited, of) {
      const admitted = await admit(limited, of, 'codeNetwork')
      const { who, userId, charged } = admitted
      const wanted = requestLimits.code(who)
      const taken = wanted.length === 0 ? [] : (await takeOrRefuse(limited, admitted, wanted)).taken
      const missed = async (): Promise<void> => {
        if (who.known === null || of === null) return
        await store.miss({ limits: [], browser: limited.known, userId })
      }
      return {
        judge: (work, proved = () => null) =>
          judge(work, {
            all: [...taken, ...charged],
            missed,
            right: (result) => pausesOf(limited, proved(result)),
          }),
        follow: (work) => follow(work, [...taken, ...charged]),
      }
    },
  }
}
