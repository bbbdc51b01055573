/**
 * The messages that are sent to people, and the interface of senders. Contains no wording, transport or
 * queue.
 */

import type { FeatureNotices } from './open-interfaces.js'
import type { VerificationType } from './types.js'

/** The notices of the kernel: messages without a secret about the account of an address's owner. */
export const kernelNotices = [
  'account_verified',
  'password_changed',
  'sign_up_repeated',
  'password_paused',
  'sign_in_approved',
] as const

/** A notice of the kernel. */
export type KernelNotice = (typeof kernelNotices)[number]

/** A notice to the owner of an address: a message without a secret about their account. */
export type NoticeEvent = KernelNotice | keyof FeatureNotices

/** A message of the kernel. */
export type KernelMessage = 'email' | 'phone' | 'sign_in' | KernelNotice

/** Why a message is sent: the purpose of a verification, or a notice. */
export type MessageEvent = VerificationType | NoticeEvent

/** The texts of one event in one locale. `{app}`, `{minutes}` and `{code}` are filled in. */
export interface EventTexts {
  readonly subject: string
  /** Why the person gets this message. */
  readonly reason: string
  /** The label of the button, if there is a link. */
  readonly action?: string
}

/** The texts of one event by locale, such as `en`. English is always there. */
export type MessageTexts = Readonly<Record<string, EventTexts>> & { readonly en: EventTexts }

/** The messages of features, by event: what each is called, and its texts. */
export type FeatureMessages = Readonly<
  Record<string, { readonly title: string; readonly texts: MessageTexts }>
>

/**
 * A message as a sender receives it. Only verifications have `token`, `code` and `expiresAt`. The `link` of a
 * notice leads to a page; that of `sign_in_approved` can end the session which the notice is about, and
 * nothing else.
 */
export interface Message {
  /** The idempotency key: every redelivery has the same id. */
  readonly id: string
  readonly event: MessageEvent
  readonly to: { readonly type: 'email' | 'phone'; readonly value: string }
  readonly user: { readonly id: string; readonly name: string | null }
  /** The texts of an event that a feature brought, by locale. Absent for the others. */
  readonly texts?: MessageTexts
  /** Absolute, built from `baseUrl`. Email only. */
  readonly link?: string
  /** The secret in the link. */
  readonly token?: string
  /** Digits only. */
  readonly code?: string
  /** When the first of its secrets expires. */
  readonly expiresAt?: Date
  /** A BCP 47 tag: the user's `metadata.locale`, if set. */
  readonly locale?: string
}

/** An error that a sender may throw to control retries. */
export interface DeliveryFault extends Error {
  /** A retry can't succeed, for example because the number does not exist: the message fails immediately. */
  readonly permanent?: boolean | undefined
  /** The next attempt is made no sooner than this. */
  readonly retryAfterMs?: number | undefined
}

/** Details of one delivery attempt. */
export interface Delivery {
  readonly signal: AbortSignal
  readonly now?: Date | undefined
}

/**
 * Delivers messages. If a sender throws, the message is retried with the same `message.id`, unless the error
 * is a permanent `DeliveryFault`. An attempt that hangs is aborted after a time limit and retried. A sender
 * never runs inside a transaction. `signal` is aborted when the attempt is given up; `now` is the database's
 * time, for computing how many minutes a secret is still valid.
 */
export interface Sender {
  /** Which kinds of addresses it can send to. Default: email. */
  readonly reaches?: readonly ('email' | 'phone')[]
  /** Whether it shows secrets to anyone who can see its output. Refused in production. */
  readonly developmentOnly?: boolean
  deliver(message: Message, delivery?: Delivery): Promise<void>
}

/** A message as listed from the queue, without its secrets. */
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

/** `pending` is not sent yet; `failed` will not be retried. */
export type OutboxState = 'pending' | 'delivered' | 'failed'
