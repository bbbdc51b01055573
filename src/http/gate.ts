/**
 * Where requests are charged to their limits before anything is done for them. The one place that refuses for them.
 *
 * Invariants: (1) networks are charged first and apart, whatever becomes of the request; (2) a refusal that would tell
 * that an address exists looks like success; (3) a guess is charged before it is judged, and given back when it was
 * right; (4) what a fault kept from being done is given back, also where nobody knows whether it was charged, so that
 * a retry is served; (5) known browsers owe no toll.
 */

import { AuthError } from '../base/index.js'
import type { Charge, Limits, Verdict } from '../core/index.js'
import type { Address } from './address.js'
import type { Charges, NetworkLimit, Who } from './charges.js'
import type { ClientAddress } from './client-address.js'
import type { HttpKeys } from './http-keys.js'
import { createReturns } from './returns.js'
import type { Tolls } from './toll.js'

/** Who asks, from which browser, and for what. */
export interface Asker {
  readonly client: ClientAddress
  /** The opaque name of the browser; made at the first question. */
  flow(): string
  /** The name by which the browser is known to somebody. */
  readonly known: string | null
  /** The path of the route, without the base path's origin. */
  readonly path: string
  /** What pays a toll, as it was sent. */
  readonly toll: string | null
}

/** A guess that was let through, and is charged already. */
export interface Guess {
  /** Whether it opens nothing, right or wrong: it must be judged and answered like a wrong one. */
  readonly closed: boolean
  /**
   * Judges it. A right one is given back, and so is one that a fault, or another fault of the input, kept from being
   * judged. A wrong one stays charged.
   */
  judge<T>(work: () => Promise<T>): Promise<T>
}

/** A secret that is about to be redeemed. */
export interface Redeeming {
  /** As of a guess. `proved` says of the result which request it answers, so that its pause ends. */
  judge<T>(work: () => Promise<T>, proved?: (result: T) => Answered | null): Promise<T>
}

/** A request for a secret that was answered by redeeming it. */
export interface Answered {
  readonly purpose: string
  readonly address: Address
}

/** A message that may be sent, or must only look like it. */
export interface Sending {
  readonly allowed: boolean
  /** Does the work where that is allowed. What a fault kept from being done is given back. */
  send<T>(work: () => Promise<T>): Promise<T | undefined>
}

/** The gate of one engine. */
export interface Gate {
  /** A sign-up, and the message that it sends. @throws AuthError `rate_limited` */
  signUp(asker: Asker, to: Address): Promise<Sending>
  /** A message of a purpose. @throws AuthError `rate_limited` */
  message(asker: Asker, to: Address, purpose: string): Promise<Sending>
  /** One guess of the password of an address. @throws AuthError `rate_limited` */
  password(asker: Asker, of: Address): Promise<Guess>
  /** One guess of the password of whoever is signed in. @throws AuthError `rate_limited` */
  currentPassword(asker: Asker, of: { readonly userId: string; readonly sessionId: string }): Promise<Guess>
  /** One try of a code at an address, or of a link. @throws AuthError `rate_limited` */
  secret(asker: Asker, of: Address | null): Promise<Redeeming>
  /** Whether the browser of this name signed in there before. */
  knows(name: string, of: { readonly type: string; readonly valueKey: string }): Promise<boolean>
}

/** What a gate works with. */
export interface GateParts {
  readonly limits: Limits
  readonly charges: Charges
  readonly tolls: Tolls
  readonly keys: Pick<HttpKeys, 'mac' | 'newId'>
  /** The address as it is compared, or null where it is malformed. */
  readonly addressKey: (type: 'email' | 'phone', value: string) => string | null
  readonly phones: { callingCode(number: string): string | null }
  /** Is told that strangers owe a toll for these limits. */
  readonly onReached: (limits: readonly string[]) => Promise<void>
}

// What says that the secret itself was wrong.
function wasWrong(error: unknown): boolean {
  if (AuthError.is(error, 'invalid_credentials') || AuthError.is(error, 'invalid_token')) return true
  if (!AuthError.is(error, 'input_invalid')) return false
  return error.fields?.some(({ rule }) => rule === 'current' || rule === 'mismatch') === true
}

/** What a statement is told of who asks, and what became of it. */
interface Admitted {
  readonly who: Who
  /** The address as it is compared; the empty text where it is none. */
  readonly address: string
  readonly userId: string | null
  readonly charged: readonly Charge[]
}

/** How a guess ends. */
interface Judging<T> {
  /** What a fault gives back. */
  readonly all: readonly Charge[]
  missed(): Promise<void>
  /** What a right one gives back. */
  right(result: T): readonly Charge[]
}

/** Makes the gate. */
export function createGate(parts: GateParts): Gate {
  const { limits, charges, tolls, keys, addressKey, phones, onReached } = parts
  const returns = createReturns(limits, keys)

  async function refuse(asker: Asker, verdict: Verdict, address: string): Promise<AuthError> {
    const { refused, owed, retryAfterMs, judgedAt } = verdict
    if (refused !== null) return new AuthError('rate_limited', { reason: `limit_${refused}`, retryAfterMs })
    const { times, limits: names } = owed ?? { times: 1, limits: [] }
    const bound = { path: asker.path, address, flow: asker.flow() }
    const toll = await tolls.demand(bound, { times, at: judgedAt })
    return new AuthError('rate_limited', { reason: `toll_${names.join('_')}`, toll })
  }

  // Networks, and who asks: their one statement.
  async function admit(
    asker: Asker,
    of: Address | null,
    ...networks: readonly NetworkLimit[]
  ): Promise<Admitted> {
    await returns.flush()
    const charged = charges.networks(asker.client, ...networks)
    const valueKey = of === null ? null : (addressKey(of.type, of.value) ?? '')
    const address = of === null || valueKey === null ? null : { type: of.type, valueKey }
    const verdict = await returns.guard(charged, (id) =>
      limits.admit(charged, { browser: asker.known, address, id }),
    )
    if (!verdict.allowed) throw await refuse(asker, verdict, valueKey ?? '')
    const known = verdict.known && asker.known !== null ? keys.mac('browser', asker.known) : null
    const { userId } = verdict
    return { who: { client: asker.client, known }, address: valueKey ?? '', userId, charged }
  }

  // All others. Gives the verdict; a toll that is due and not paid is refused.
  async function take(
    asker: Asker,
    { who, address, charged }: Admitted,
    wanted: readonly Charge[],
  ): Promise<{ readonly verdict: Verdict; readonly taken: readonly Charge[] }> {
    const bound = { path: asker.path, address, flow: asker.flow() }
    const payment = asker.toll === null ? null : await tolls.read(asker.toll, bound)
    const taken = payment?.waited === true ? [...wanted, ...charges.wait(who.client)] : wanted
    try {
      const verdict = await returns.guard(taken, (id) => limits.take(taken, { id, payment }))
      if (verdict.owed !== null) await onReached(verdict.owed.limits)
      return { verdict, taken }
    } catch (error) {
      await returns.give(charged)
      throw error
    }
  }

  async function sending(
    asker: Asker,
    admitted: Admitted,
    about: { readonly to: Address; readonly purpose: string; readonly also?: readonly Charge[] },
  ): Promise<Sending> {
    const { to, purpose, also = [] } = about
    const { who, address } = admitted
    const country = address !== '' && to.type === 'phone' ? phones.callingCode(address) : null
    // Nothing is sent to what is no address: whoever asks hears of it, or of nothing, every time alike.
    const silent = address === '' ? [] : charges.message(who, { purpose, address, type: to.type, country })
    const { verdict, taken } = await take(asker, admitted, [...also, ...silent])
    const isSilent = (name: string): boolean =>
      silent.some(({ budget, beyond }) => budget === name && beyond === undefined)
    if (!verdict.allowed && (verdict.refused === null || !isSilent(verdict.refused)))
      throw await refuse(asker, verdict, address)
    return {
      allowed: verdict.allowed,
      async send(work) {
        if (!verdict.allowed) return undefined
        try {
          return await work()
        } catch (error) {
          await returns.give([...taken, ...admitted.charged])
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
      else await returns.give(how.all)
      throw error
    }
    await returns.give(how.right(result))
    return result
  }

  function passwordGuess(
    asker: Asker,
    { who, userId, charged }: Admitted,
    { verdict, taken }: { readonly verdict: Verdict; readonly taken: readonly Charge[] },
  ): Guess {
    const closed = verdict.exceeded.includes('passwordInARow')
    const misses = charges.missesOf(taken)
    const paused = misses.filter(({ pauseMs }) => pauseMs !== undefined)

    async function missed(): Promise<void> {
      await limits.miss({ charges: paused, browser: asker.known, userId: who.known === null ? null : userId })
      if (verdict.last.includes('passwordInARow') && userId !== null) await limits.closed(userId)
    }

    return {
      closed,
      judge: (work) =>
        judge(
          async () => {
            const result = await work()
            // For strategies that a host wrote: ours judge it like a wrong one by themselves.
            if (closed) throw new AuthError('invalid_credentials', { reason: 'password_closed' })
            return result
          },
          { all: [...taken, ...charged], missed, right: () => misses },
        ),
    }
  }

  async function takeOrRefuse(asker: Asker, admitted: Admitted, wanted: readonly Charge[]) {
    const result = await take(asker, admitted, wanted)
    if (!result.verdict.allowed) throw await refuse(asker, result.verdict, admitted.address)
    return result
  }

  function pausesOf(asker: Asker, answered: Answered | null): readonly Charge[] {
    if (answered === null) return []
    const { purpose, address: to } = answered
    const address = addressKey(to.type, to.value) ?? ''
    const known = asker.known === null ? null : keys.mac('browser', asker.known)
    return charges.pauses({ client: asker.client, known }, { purpose, address })
  }

  return {
    async signUp(asker, to) {
      const admitted = await admit(asker, to, 'signUpNetwork', 'messageNetwork')
      return sending(asker, admitted, { to, purpose: 'email', also: charges.signUp() })
    },

    async message(asker, to, purpose) {
      return sending(asker, await admit(asker, to, 'messageNetwork'), { to, purpose })
    },

    async password(asker, of) {
      const admitted = await admit(asker, of, 'passwordNetwork')
      const { who, address, userId } = admitted
      const wanted = charges.password(who, address, userId ?? address)
      return passwordGuess(asker, admitted, await takeOrRefuse(asker, admitted, wanted))
    },

    knows: (name, subject) => limits.knows(name, subject),

    async currentPassword(asker, { userId, sessionId }) {
      const admitted = await admit(asker, null, 'passwordNetwork')
      const wanted = charges.currentPassword(userId, sessionId)
      return passwordGuess(asker, admitted, await takeOrRefuse(asker, admitted, wanted))
    },

    async secret(asker, of) {
      const admitted = await admit(asker, of, 'codeNetwork')
      const { who, userId, charged } = admitted
      const wanted = charges.code(who)
      const taken = wanted.length === 0 ? [] : (await takeOrRefuse(asker, admitted, wanted)).taken
      const missed = async (): Promise<void> => {
        if (who.known === null || of === null) return
        await limits.miss({ charges: [], browser: asker.known, userId })
      }
      return {
        judge: (work, proved = () => null) =>
          judge(work, {
            all: [...taken, ...charged],
            missed,
            right: (result) => pausesOf(asker, proved(result)),
          }),
      }
    },
  }
}
