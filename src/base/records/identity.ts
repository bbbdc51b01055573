/** An identity: the interface that everybody sees, and its description. */

import type { FieldsOf } from './field.js'

/**
 * An address or provider account of a user. Until `verifiedAt` is set it is only a claim: it blocks nobody
 * else, and nobody can sign in with it.
 */
export interface Identity {
  readonly id: string
  readonly userId: string
  /** `email`, `phone`, or a provider's issuer. */
  readonly type: string
  /** The normalized address, the E.164 number, or the provider's subject. */
  readonly value: string
  readonly verifiedAt: Date | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** The fields of an identity. */
export const identityFields = {
  id: { kind: 'id' },
  userId: { kind: 'id' },
  type: { kind: 'text' },
  value: { kind: 'text' },
  verifiedAt: { kind: 'time', nullable: true },
  createdAt: { kind: 'time' },
  updatedAt: { kind: 'time' },
} as const satisfies FieldsOf<Identity>
