/** The props of each page. A page is a pure function of them; a host's replacement gets the same. */

import type { Child } from 'hono/jsx'
import type { ErrorCode, FieldFault } from '../base/index.js'
import type { Identity, Message, MessageEvent, Session, User, VerificationType } from '../core/index.js'
import type { Strategy } from '../strategies/index.js'
import type { Paths } from './paths.js'
import type { Words } from './texts/say.js'
import type { LocaleName, PlainKey } from './texts/texts.js'

/** The props that every page needs for its document. */
export interface Frame {
  readonly words: Words
  readonly brand: { readonly name: string; readonly logo: string | null }
  readonly scheme: 'light' | 'dark' | null
  readonly paths: Paths
  readonly stylesheet: string
  readonly script: string
  /** The nonce of the response's Content-Security-Policy. */
  readonly nonce: string
  /** Every form sends it as `_form`. */
  readonly formToken: string
  /** The toll to pay before a form is accepted; null if none is due. */
  readonly toll: FrameToll | null
  readonly now: Date
}

/** A toll in the form that requires it. */
export interface FrameToll {
  /** Sealed value of `_toll` that is valid after a minute, for browsers without scripts. */
  readonly wait: string
  /** For the script: the action of the form, and the challenge as JSON. */
  readonly solve: { readonly action: string; readonly challenge: string } | null
}

/** The state of a posted form: its values without secrets, and its error. */
export interface FormState {
  readonly values?: Readonly<Record<string, string | undefined>> | undefined
  readonly faults?: readonly FieldFault[] | undefined
  readonly refused?:
    | { readonly code: ErrorCode; readonly retryAfterMs?: number | undefined; readonly toll?: boolean }
    | undefined
}

/** Every page gets a frame. */
export interface Framed {
  readonly frame: Frame
}

/** One way to sign in, as a form shows it. */
export type Way = Pick<Strategy, 'id' | 'name' | 'kind' | 'identity' | 'fields'>

/** Completed actions that the next page reports once. Features add theirs. */
export const doneNotices = ['address_confirmed', 'password_set'] as const

/** The name of a completed action; its text is `notice.<name>`. */
export type DoneNotice = keyof {
  [Key in PlainKey as Key extends `notice.${infer Name}` ? Name : never]: true
}

/** A link below the form of a way to sign in. */
export interface WayLink {
  readonly href: string
  readonly text: PlainKey
}

/** The page `sign-in`. */
export interface SignInProps extends Framed {
  /** The enabled strategies, in the order of the options. */
  readonly ways: readonly Way[]
  /** The form with the error; `way` is the id of its strategy. */
  readonly form: FormState & { readonly way?: string }
  readonly done: DoneNotice | null
  /** Links below the form of a strategy, by its id. */
  readonly links: Readonly<Record<string, readonly WayLink[]>>
  /** Whether a signed-in person has to sign in again. */
  readonly fresh: boolean
}

/** The limits of a new password. */
export interface PasswordLimits {
  readonly minLength: number
}

/** The page `sign-up`. */
export interface SignUpProps extends Framed {
  readonly form: FormState
  readonly password: PasswordLimits
}

/** A sent link whose page waits for approval. */
export interface Waiting {
  /** Two digits. */
  readonly number: string
  /** Whether it was approved in another browser, so that the person can continue here. */
  readonly ready: boolean
}

/** The page `verify`: a code, a link, or both were sent. */
export interface VerifyProps extends Framed {
  readonly form: FormState
  /** Null if this browser requested nothing. */
  readonly sent: { readonly type: 'email' | 'phone'; readonly value: string } | null
  /** Where the code is posted; null if only a link was sent. */
  readonly codeAction: string | null
  readonly codeLength: number
  readonly link: boolean
  readonly resendAction: string
  readonly resendAfterSeconds: number
  readonly sentAgain: boolean
  readonly waiting: Waiting | null
}

/** Where and when a link was requested. */
export interface AskedFrom {
  readonly userAgent: string | null
  readonly network: string | null
  readonly at: Date
}

/** What the page `confirm` says about the purpose of a feature. */
export interface ConfirmWords {
  readonly title: PlainKey
  readonly lead: PlainKey
  readonly submit: PlainKey
  /** The lead in another browser than the one that requested the link. */
  readonly elsewhere: PlainKey
  /** The first segment of the path that redeems it: `<callback>/callback`. */
  readonly callback: string
}

/** The page `confirm`: what an opened link will do. */
export interface ConfirmProps extends Framed {
  readonly form: FormState
  readonly purpose: VerificationType
  /** What the page says about the purpose of a feature; null for `sign_in` and `email`. */
  readonly own: ConfirmWords | null
  readonly address: string
  /** Identifies the link on this page: every form sends it as `_link`, so that it redeems no other. */
  readonly shownLink: string
  /** Whether this browser can approve the other's sign-in, by the number which that one shows. */
  readonly approvals: boolean
  /** Set if another browser requested the link. */
  readonly elsewhere: AskedFrom | null
  /** Whether the other browser's sign-in has been approved. */
  readonly finished: boolean
  readonly password: PasswordLimits
}

/** Completed actions that the account page reports. */
export const accountNotices = ['saved', 'session_ended', 'sessions_ended', 'password_changed'] as const

/** One of these actions, or one that a feature adds. */
export type AccountNotice = (typeof accountNotices)[number] | DoneNotice

/** A section of the page `account` that a feature adds. */
export interface RenderedSection {
  readonly id: string
  /** Where it is on the page: the addresses have 20, the password 40, and the deletion 90. */
  readonly order: number
  render(props: AccountProps): Child
}

/** The page `account`. */
export interface AccountProps extends Framed {
  readonly user: User
  readonly identities: readonly Identity[]
  readonly sessions: readonly Session[]
  readonly current: Session['id']
  readonly chosenLocale: LocaleName | null
  readonly hasPassword: boolean
  /** Whether the sign-in is fresh enough to delete the account. */
  readonly fresh: boolean
  readonly password: PasswordLimits
  readonly done: AccountNotice | null
  /** The sections of features. */
  readonly sections: readonly RenderedSection[]
  /** The form with the error; `section` is the id of its section. */
  readonly form: FormState & { readonly section?: string }
}

/** The page `signed-out`. */
export interface SignedOutProps extends Framed {
  readonly why: 'asked' | 'ended' | 'deleted'
}

/** The page `end-session`: the link in the notice of an approved sign-in. */
export interface EndSessionProps extends Framed {
  readonly form: FormState
  /**
   * `asked`: a button ends the session. `ended`: this browser ended it. `gone`: it had ended before, or the
   * link was never valid.
   */
  readonly state: 'asked' | 'ended' | 'gone'
  /** Identifies the link on this page: the form sends it as `_link`, so that it ends no other session. */
  readonly shownLink: string
}

/** The page `error`. */
export interface ErrorProps extends Framed {
  readonly code: ErrorCode
  readonly retryAfterMs?: number | undefined
  readonly requestId: string
  /** Where to request a new secret; null if none is missing. */
  readonly again: string | null
}

/** The page `landing`, the start page in development. In English, as all development pages. */
export interface LandingProps extends Framed {
  readonly user: User | null
  /** Whether there is a sign-up page. Without one, people sign up by their first sign-in. */
  readonly hasSignUp: boolean
}

/** The development page `inbox`. */
export interface InboxProps extends Framed {
  /** What each kind of message is called. */
  readonly titles: Readonly<Record<string, string>>
  /** Newest first. */
  readonly messages: readonly Message[]
}

/** The development page `messages`: every message in every locale. */
export interface MessagesProps extends Framed {
  /** Every kind of message. */
  readonly events: readonly MessageEvent[]
  readonly event: MessageEvent
  readonly locale: LocaleName
}

/** The props of all pages by name. A feature adds its pages by declaration merging. */
export interface PageProps {
  readonly 'sign-in': SignInProps
  readonly 'sign-up': SignUpProps
  readonly verify: VerifyProps
  readonly confirm: ConfirmProps
  readonly account: AccountProps
  readonly 'signed-out': SignedOutProps
  readonly 'end-session': EndSessionProps
  readonly error: ErrorProps
  readonly landing: LandingProps
  readonly inbox: InboxProps
  readonly messages: MessagesProps
}

/** The name of a page. */
export type PageName = keyof PageProps

/** Your own pages. Each returns a whole document; you must escape its output yourself. */
export type PageReplacements = {
  readonly [Name in PageName]?: (props: PageProps[Name]) => string | Promise<string>
}
