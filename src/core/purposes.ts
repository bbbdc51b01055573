/**
 * What the kernel must know about each purpose of a verification: who it may be issued for, and what redeeming
 * it does. The statements and the checks of the core are built from this table.
 *
 * Invariant: no option changes the table, so every node of one version runs the same statements.
 */

import type { EventType } from './events.js'
import type { NoticeEvent } from './message.js'
import type { VerificationType } from './types.js'

/** The properties of one purpose. */
export interface Purpose {
  /** The types of addresses that it can be issued for. */
  readonly fits: readonly ('email' | 'phone')[]
  /** Whether the address must, or must not, be verified already. @default either */
  readonly only?: 'proven' | 'unproven'
  /** Whether redeeming it verifies the address. @default true */
  readonly proves?: false
  /**
   * Redeeming it gives the account back: it ends every session and every other pending proof, and may set a
   * password. The event is recorded, and the notice is sent to every verified address.
   */
  readonly renews?: { readonly event: EventType; readonly notice: NoticeEvent }
  /** Redeeming it replaces the verified address of the same type. The notice is sent to every address. */
  readonly replaces?: { readonly notice: NoticeEvent }
  /** The path of its link below the base path. Without one, its messages contain only a code. */
  readonly link?: string
}

/** The properties of every purpose, in a fixed order. */
export type PurposeTable = Readonly<Record<VerificationType, Purpose>>

/** The purposes that no feature brings. */
export const kernelPurposes = {
  email: { fits: ['email'], link: 'verification/callback' },
  phone: { fits: ['phone'] },
  sign_in: { fits: ['email', 'phone'], link: 'magic-link/callback' },
} as const satisfies Partial<PurposeTable>

/** The names of the purposes with this property, in the order of the table. */
export function purposesWith(
  table: PurposeTable,
  has: (purpose: Purpose) => boolean,
): readonly VerificationType[] {
  return (Object.keys(table) as VerificationType[]).filter((name) => has(table[name]))
}
