/**
 * Where requests are charged to their budgets before anything is done for them.
 *
 * Invariants: (1) a refusal that would tell that an address exists looks like success; (2) a guess is charged before
 * it is judged, and given back when it was right or when a fault kept it from being judged.
 */

import { AuthError } from '../base/index.js'
import type { Charge, Known, Limits, Verdict } from '../store/index.js'
import type { Budgets } from './budgets.js'
import type { ClientAddress } from './client-address.js'
import type { HttpKeys } from './engine.js'

/** Who asks, and from which browser. */
export interface Charged {
  readonly client: ClientAddress
  /** The name by which the browser is known to somebody. */
  readonly known: string | null
}

/** A guess that was let through, and is charged already. */
export interface Guess {
  /**
   * Judges it. A right one is given back, and so is one that a fault, or another fault of the input, kept from being
   * judged. A wrong one stays charged.
   */
  judge<T>(work: () => Promise<T>): Promise<T>
}

/** The gate of one engine. */
export interface Gate {
  /** @throws AuthError `rate_limited` */
  signUp(client: ClientAddress): Promise<void>
  /** Whether a message may be sent there; false must look like success. @throws AuthError `rate_limited` */
  message(
    client: ClientAddress,
    to: { readonly type: 'email' | 'phone'; readonly value: string },
  ): Promise<boolean>
  /** One guess of the password of an address as it is compared, or of a user. @throws AuthError `rate_limited` */
  password(asker: Charged, subject: Known): Promise<Guess>
  /** One try of a code or link. @throws AuthError `rate_limited` */
  secret(client: ClientAddress): Promise<Guess>
}

/** What a gate works with. */
export interface GateParts {
  readonly limits: Limits
  readonly budgets: Budgets
  readonly keys: Pick<HttpKeys, 'mac'>
  /** The address as it is compared, or null where it is malformed. */
  readonly addressKey: (type: 'email' | 'phone', value: string) => string | null
  readonly phones: { callingCode(number: string): string | null }
}

// What says that the secret itself was wrong.
function wasWrong(error: unknown): boolean {
  if (AuthError.is(error, 'invalid_credentials') || AuthError.is(error, 'invalid_token')) return true
  if (!AuthError.is(error, 'input_invalid')) return false
  return error.fields?.some(({ rule }) => rule === 'current' || rule === 'mismatch') === true
}

function refusal({ refused, retryAfterMs }: Verdict): AuthError {
  return new AuthError('rate_limited', { reason: `budget_${refused ?? 'unknown'}`, retryAfterMs })
}

/** Makes the gate. */
export function createGate({ limits, budgets, keys, addressKey, phones }: GateParts): Gate {
  async function take(charges: readonly Charge[]): Promise<void> {
    const verdict = await limits.take(charges)
    if (!verdict.allowed) throw refusal(verdict)
  }

  function toGuess(charges: readonly Charge[]): Guess {
    return {
      async judge(work) {
        try {
          const result = await work()
          await limits.refund(budgets.missesOf(charges))
          return result
        } catch (error) {
          if (!wasWrong(error)) await limits.refund(charges).catch(() => undefined)
          throw error
        }
      },
    }
  }

  return {
    signUp: ({ network }) => take(budgets.signUpCharges({ network })),

    async message({ network }, { type, value }) {
      const address = addressKey(type, value)
      const country = address !== null && type === 'phone' ? phones.callingCode(address) : null
      const charges = budgets.messageCharges({ type, address: address ?? '', network, country })
      // Nothing is sent to what is no address: whoever asks hears of it, or of nothing, every time alike.
      const { told, silent } = { ...charges, ...(address === null && { silent: [] }) }
      const verdict = await limits.take([...told, ...silent])
      if (verdict.allowed) return true
      if (silent.some(({ budget }) => budget === verdict.refused)) return false
      throw refusal(verdict)
    },

    async password({ client, known: name }, subject) {
      const address = subject.userId ?? subject.valueKey
      const known = name !== null && (await limits.knows(name, subject))
      const browser = keys.mac('browser', name ?? '')
      const charges = budgets.passwordCharges({ address, network: client.network, browser, known })
      await take(charges)
      return toGuess(charges)
    },

    async secret({ network }) {
      const charges = budgets.codeCharges({ network })
      await take(charges)
      return toGuess(charges)
    },
  }
}
