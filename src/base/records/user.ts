/** A user: the interface that everybody sees, and its description. */

import type { JsonObject } from '../json.js'
import type { FieldsOf } from './field.js'

/** A user. Addresses (see `Identity`), passwords and private metadata are not part of it. */
export interface User {
  readonly id: string
  readonly name: string | null
  readonly username: string | null
  /** At most 16 KiB of JSON, written by `updateUserProfile`. */
  readonly metadata: JsonObject
  readonly anonymous: boolean
  readonly disabledAt: Date | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** The fields of a user. */
export const userFields = {
  id: { kind: 'id' },
  name: { kind: 'text', nullable: true },
  username: { kind: 'text', nullable: true },
  metadata: { kind: 'json' },
  anonymous: { kind: 'flag' },
  disabledAt: { kind: 'time', nullable: true },
  createdAt: { kind: 'time' },
  updatedAt: { kind: 'time' },
} as const satisfies FieldsOf<User>
