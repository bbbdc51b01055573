/** What is promised to a person, and who carries it. Knows no wording, no transport and no queue. */

import type { VerificationType } from './types.js'

/** The notices: messages that carry no secret and tell the owner of an address what happened to the account. */
export const noticeEvents = [
  'account_verified',
  'account_recovered',
  'password_changed',
  'email_changed',
  'phone_changed',
  'sign_up_repeated',
  'password_paused',
  'sign_in_approved',
] as const

/** A notice to the owner of an address. */
export type NoticeEvent = (typeof noticeEvents)[number]

/** Why a message is sent: the purpose of a verification, or a notice. */
export type MessageEvent = VerificationType | NoticeEvent

/**
 * A message as a sender gets it. `token`, `code` and `expiresAt` stand only in verifications; the `link` of a notice leads to
 * a page and carries no secret.
 */
export interface Message {
  /** The same on every redelivery: the idempotency key. */
  readonly id: string
  readonly event: MessageEvent
  readonly to: { readonly type: 'email' | 'phone'; readonly value: string }
  readonly user: { readonly id: string; readonly name: string | null }
  /** Absolute, built from `baseUrl`; only to an email. */
  readonly link?: string
  /** What the link carries. */
  readonly token?: string
  /** Digits. */
  readonly code?: string
  /** When the first of its secrets ends. */
  readonly expiresAt?: Date
  /** A BCP 47 tag: the user's `metadata.locale`, when there is one. */
  readonly locale?: string
}

/** What a sender may say of a fault that it throws. */
export interface DeliveryFault extends Error {
  /** No later try can succeed, such as for a number that does not exist: the message fails at once. */
  readonly permanent?: boolean | undefined
  /** The next try comes no sooner. */
  readonly retryAfterMs?: number | undefined
}

/** What a sender is told of a try. */
export interface Delivery {
  readonly signal: AbortSignal
  readonly now?: Date | undefined
}

/**
 * Delivers messages. A sender that throws is tried again with the same `message.id`, unless what it throws is a
 * `DeliveryFault` that is permanent; one that hangs is given up after a while and tried again. It never runs inside a
 * transaction. `signal` is aborted when the try is given up; `now` is the time by the database, from which the minutes
 * are counted that a secret still lives.
 */
export interface Sender {
  /** Which kinds of addresses it reaches. Default: email. */
  readonly reaches?: readonly ('email' | 'phone')[]
  /** It shows secrets to whoever looks, so that production refuses it. */
  readonly developmentOnly?: boolean
  deliver(message: Message, delivery?: Delivery): Promise<void>
}

/** A message as the queue shows it: without its secrets. */
export interface OutboxEntry {
  readonly id: string
  readonly event: MessageEvent
  readonly to: { readonly type: 'email' | 'phone'; readonly value: string }
  readonly state: OutboxState
  readonly attempts: number
  readonly dueAt: Date
  readonly deliveredAt: Date | null
  readonly failedAt: Date | null
  readonly lastError: string | null
  readonly createdAt: Date
}

/** `pending` is still to be sent, `failed` was given up. */
export type OutboxState = 'pending' | 'delivered' | 'failed'
