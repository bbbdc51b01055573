/** What each page is given. A page is a pure function of these; a host that replaces one gets the same. */

import type { ErrorCode, FieldFault } from '../base/index.js'
import type { Identity, Message, MessageEvent, Session, User } from '../core/index.js'
import type { Strategy } from '../strategies/index.js'
import type { Paths } from './paths.js'
import type { Words } from './texts/say.js'
import type { LocaleName } from './texts/texts.js'

/** What every page stands in. */
export interface Frame {
  readonly words: Words
  readonly brand: { readonly name: string; readonly logo: string | null }
  readonly scheme: 'light' | 'dark' | null
  readonly paths: Paths
  readonly stylesheet: string
  readonly script: string
  /** For the Content-Security-Policy of this one answer. */
  readonly nonce: string
  /** Stands in every form as `_form`. */
  readonly formToken: string
  /** What a stranger pays before a form is taken; null where nothing is due. */
  readonly toll: FrameToll | null
  readonly now: Date
}

/** A toll, as the form that owes it carries it. */
export interface FrameToll {
  /** Sealed, in `_toll`: good a minute later, for a browser without scripts. */
  readonly wait: string
  /** For the script: where the form goes, and the challenge as JSON. */
  readonly solve: { readonly action: string; readonly challenge: string } | null
}

/** What is known of a form that was posted: its values without secrets, and what was refused. */
export interface FormState {
  readonly values?: Readonly<Record<string, string | undefined>> | undefined
  readonly faults?: readonly FieldFault[] | undefined
  readonly refused?:
    | { readonly code: ErrorCode; readonly retryAfterMs?: number | undefined; readonly toll?: boolean }
    | undefined
}

/** Every page is given a frame. */
interface Framed {
  readonly frame: Frame
}

/** One way to sign in, as a form shows it. */
export type Way = Pick<Strategy, 'id' | 'name' | 'kind' | 'identity' | 'fields'>

/** What was done before, to be told once. */
export const doneNotices = ['address_confirmed', 'password_set', 'address_changed'] as const

/** One of these. */
export type DoneNotice = (typeof doneNotices)[number]

/** The page `sign-in`. */
export interface SignInProps extends Framed {
  /** The enabled ways, in the order of the options. */
  readonly ways: readonly Way[]
  /** The form that was refused, by the id of its way. */
  readonly form: FormState & { readonly way?: string }
  readonly done: DoneNotice | null
  /** Whether somebody is signed in who has to prove it again. */
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

/** A link that was sent, and whose page waits. */
export interface Waiting {
  /** Two digits. */
  readonly number: string
  /** Whether it was confirmed elsewhere: the person goes on here. */
  readonly ready: boolean
}

/** The page `verify`: a code, a link, or both are on their way. */
export interface VerifyProps extends Framed {
  readonly form: FormState
  /** Null where this browser asked for nothing. */
  readonly sent: { readonly type: 'email' | 'phone'; readonly value: string } | null
  /** Where the code is posted; null where only a link was sent. */
  readonly codeAction: string | null
  readonly codeLength: number
  readonly link: boolean
  readonly resendAction: string
  readonly resendAfterSeconds: number
  readonly sentAgain: boolean
  readonly waiting: Waiting | null
}

/** The page `forgot-password`. */
export interface ForgotPasswordProps extends Framed {
  readonly form: FormState
}

/** The page `reset-password`. */
export interface ResetPasswordProps extends Framed {
  readonly form: FormState
  /** Whether a link is parked in this browser; then no code is asked for. */
  readonly link: boolean
  /** Which link that is: the form sends it as `_link`. Null without one. */
  readonly shownLink: string | null
  readonly address: string | null
  readonly codeLength: number
  readonly password: PasswordLimits
}

/** Where and when a link was asked for. */
export interface AskedFrom {
  readonly userAgent: string | null
  readonly network: string | null
  readonly at: Date
}

/** The page `confirm`: what an opened link would do. */
export interface ConfirmProps extends Framed {
  readonly form: FormState
  readonly purpose: 'sign_in' | 'email' | 'email_change'
  readonly address: string
  /** Which link the page shows: every form of it sends this as `_link`, so that it redeems no other. */
  readonly shownLink: string
  /** Whether its holder may let the other browser sign in, by the number that stands there. */
  readonly approvals: boolean
  /** Set where it was asked for in another browser. */
  readonly elsewhere: AskedFrom | null
  /** Whether the other browser has been let in. */
  readonly finished: boolean
  readonly password: PasswordLimits
}

/** What the account page says was done. */
export const accountNotices = [
  'saved',
  'session_ended',
  'sessions_ended',
  'password_changed',
  'address_changed',
] as const

/** One of these. */
export type AccountNotice = (typeof accountNotices)[number]

/** The page `account`. */
export interface AccountProps extends Framed {
  readonly user: User
  readonly identities: readonly Identity[]
  readonly sessions: readonly Session[]
  readonly current: Session['id']
  readonly chosenLocale: LocaleName | null
  readonly hasPassword: boolean
  /** Whether the sign-in is fresh enough to delete. */
  readonly fresh: boolean
  readonly password: PasswordLimits
  readonly done: AccountNotice | null
  readonly form: FormState & { readonly section?: 'profile' | 'sessions' | 'password' | 'delete' }
}

/** The page `signed-out`. */
export interface SignedOutProps extends Framed {
  readonly why: 'asked' | 'ended' | 'deleted'
}

/** The page `error`. */
export interface ErrorProps extends Framed {
  readonly code: ErrorCode
  readonly retryAfterMs?: number | undefined
  readonly requestId: string
  /** Where to ask for a secret anew; null where none is missing. */
  readonly again: string | null
}

/** The page `landing`: where development begins. In English, as the pages of development are. */
export interface LandingProps extends Framed {
  readonly user: User | null
  /** Whether there is a page on which to sign up; elsewhere whoever signs in first has signed up by it. */
  readonly hasSignUp: boolean
}

/** The page `inbox` of development. */
export interface InboxProps extends Framed {
  /** The newest first. */
  readonly messages: readonly Message[]
}

/** The page `messages` of development: every message in every locale. */
export interface MessagesProps extends Framed {
  readonly event: MessageEvent
  readonly locale: LocaleName
}

/** All pages by name. */
export interface PageProps {
  readonly 'sign-in': SignInProps
  readonly 'sign-up': SignUpProps
  readonly verify: VerifyProps
  readonly 'forgot-password': ForgotPasswordProps
  readonly 'reset-password': ResetPasswordProps
  readonly confirm: ConfirmProps
  readonly account: AccountProps
  readonly 'signed-out': SignedOutProps
  readonly error: ErrorProps
  readonly landing: LandingProps
  readonly inbox: InboxProps
  readonly messages: MessagesProps
}

/** The name of a page. */
export type PageName = keyof PageProps

/** Pages of the host's own: each returns a whole document. What it writes it must escape. */
export type PageReplacements = {
  readonly [Name in PageName]?: (props: PageProps[Name]) => string | Promise<string>
}
