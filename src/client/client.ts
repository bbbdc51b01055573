/**
 * The client: one method for each route, grouped by noun.
 *
 * Invariants: (1) only the server, or a native application's own token storage, knows who is signed in; (2)
 * listeners are called after each call that may have changed who is signed in.
 */

import type {
  CodeCallbackInput,
  EmailRequestInput,
  Health,
  Identities,
  LinkCallbackInput,
  PasswordChangeInput,
  PasswordRequestInput,
  PhoneCodeCallbackInput,
  PhoneRequestInput,
  ProfileInput,
  Ready,
  Scope,
  Sessions,
  SignedIn,
  SignUpInput,
  User,
  UserAnswer,
  VerificationCallbackInput,
} from '../contract/index.js'
import { createFeatureClients } from '../features/clients.js'
import type { FeatureClients } from '../features/clients.js'
import { createCall } from './call.js'
import type { ClientOptions } from './call.js'
import { AuthError } from './error.js'

/**
 * The response of a strategy that the host wrote: the signed-in user, or the status of a request such as
 * `verification_sent`.
 */
export type StrategyAnswer = SignedIn | { readonly status: string }

/** A sign-in by a link or code: `request` sends it, `callback` redeems it. */
export interface SentStrategy<Request, Callback> {
  /**
   * Requests a secret. The result is the same for every address.
   * @throws AuthError `input_invalid`, `rate_limited`
   */
  request(input: Request): Promise<void>
  /**
   * Redeems the secret and signs in.
   * @throws AuthError `invalid_token`, `confirmation_required`, `rate_limited`
   */
  callback(input: Callback): Promise<SignedIn>
}

/** The state of a sign-in that is approved in another browser. Both browsers show `number`. */
export type Waiting =
  { readonly status: 'none' } | { readonly status: 'waiting' | 'approved'; readonly number: string }

/** Sign-in by a link, which may be opened in another browser. */
export interface MagicLink extends SentStrategy<EmailRequestInput, LinkCallbackInput | undefined> {
  /**
   * In the browser that opened the link: approves the sign-in of the requesting browser, by the number which
   * that one shows.
   */
  approve(input: { readonly number: string; readonly token?: string }): Promise<void>
  /** In the requesting browser: the state of the sign-in. */
  waiting(): Promise<Waiting>
  /** In the requesting browser: signs in once the sign-in is approved; resolves to null before that. */
  finish(): Promise<SignedIn | null>
  /**
   * Ends the session of an approved sign-in, by the token in the link of its notice. Takes no sign-in;
   * resolves to whether this call ended it.
   */
  end(input: { readonly token: string }): Promise<boolean>
}

/** A client of the HTTP API. Every method rejects only with an `AuthError`. */
export interface Client extends FeatureClients {
  /**
   * Signs up. The result is the same for a free and a taken address.
   * @throws AuthError `input_invalid`, `rate_limited`
   */
  signUp(input: SignUpInput): Promise<void>
  readonly password: {
    /** Signs in. @throws AuthError `invalid_credentials`, `rate_limited` */
    request(input: PasswordRequestInput): Promise<SignedIn>
    /**
     * Changes the password and ends every other session.
     * @throws AuthError `session_required`, `input_invalid`
     */
    change(input: PasswordChangeInput): Promise<void>
  }
  readonly magicLink: MagicLink
  readonly emailOtp: SentStrategy<EmailRequestInput, CodeCallbackInput>
  readonly smsOtp: SentStrategy<PhoneRequestInput, PhoneCodeCallbackInput>
  readonly whatsapp: SentStrategy<PhoneRequestInput, PhoneCodeCallbackInput>
  /** A strategy that the host wrote, by its id. */
  strategy(id: string): {
    request(input: object): Promise<StrategyAnswer>
    callback(input: object): Promise<SignedIn>
  }
  readonly verification: {
    /** Sends the verification of a sign-up again. The result is the same for every address. */
    request(input: EmailRequestInput): Promise<void>
    /** Verifies an address, without signing in. @throws AuthError `invalid_token`, `already_claimed` */
    callback(input: VerificationCallbackInput): Promise<void>
  }
  readonly session: {
    /** The signed-in user and session, or null. */
    get(): Promise<Scope | null>
    /** Signs out. */
    delete(): Promise<void>
  }
  readonly sessions: {
    /** The user's live sessions. @throws AuthError `session_required` */
    list(): Promise<Sessions['sessions']>
    /** Ends one session. @throws AuthError `session_required`, `not_found` */
    delete(id: string): Promise<void>
    /** Ends every session except this one. @throws AuthError `session_required` */
    deleteOthers(): Promise<void>
  }
  readonly user: {
    /** The signed-in user. @throws AuthError `session_required` */
    get(): Promise<User>
    /**
     * Changes the profile: an absent key is unchanged, null clears, metadata is merged.
     * @throws AuthError `session_required`, `input_invalid`
     */
    update(input: ProfileInput): Promise<User>
    /** Deletes the user with all their data. @throws AuthError `session_required`, `assurance_required` */
    delete(): Promise<void>
  }
  readonly identities: {
    /** The user's identities. @throws AuthError `session_required` */
    list(): Promise<Identities['identities']>
  }
  /** Whether the process runs. */
  health(): Promise<Health>
  /** Whether the server can serve requests. @throws AuthError `unavailable` */
  ready(): Promise<Ready>
  /**
   * Calls `listener` after each call that may have changed who is signed in. Returns a function that stops
   * it.
   */
  subscribe(listener: () => void): () => void
  /** The URL of the server-sent events that report an ended session. */
  readonly eventsUrl: string
}

/**
 * Creates a client of the server at `baseUrl`.
 * @example
 * ```ts
 * const client = createClient({ baseUrl: 'https://app.example' })
 * const { user } = await client.password.request({ email, password })
 * ```
 */
export function createClient(options: ClientOptions): Client {
  const { baseUrl, basePath = '/auth', native } = options
  const call = createCall(options)
  const listeners = new Set<() => void>()

  function tell(): void {
    for (const listener of listeners) listener()
  }

  async function changed<Answer>(route: string, body?: object): Promise<Answer> {
    const answer = await call<Answer>(route, body)
    tell()
    return answer
  }

  async function enter<Answer extends StrategyAnswer>(route: string, body: object): Promise<Answer> {
    const answer = await call<Answer>(route, body)
    if (!('user' in answer)) return answer
    if (answer.token !== undefined) await native?.write(answer.token)
    tell()
    return answer
  }

  async function leave(route: string): Promise<void> {
    await call(route)
    await native?.write(null)
    tell()
  }

  async function ask(route: string, body: object): Promise<void> {
    await call(route, body)
  }

  const sent = (id: string): SentStrategy<object, object> => ({
    request: (input) => ask(`POST /${id}/request`, input),
    callback: (input) => enter(`POST /${id}/callback`, input),
  })

  return {
    signUp: (input) => ask('POST /sign-up', input),
    password: {
      request: (input) => enter('POST /password/request', input),
      change: (input) => call('PUT /password', input),
    },
    magicLink: {
      request: (input) => ask('POST /magic-link/request', input),
      callback: (input = {}) => enter('POST /magic-link/callback', input),
      approve: (input) => ask('POST /magic-link/approve', input),
      waiting: () => call('GET /magic-link/wait'),
      async finish() {
        const answer = await enter<StrategyAnswer>('POST /magic-link/wait', {})
        return 'user' in answer ? answer : null
      },
      async end(input) {
        const { status } = await call<{ status: string }>('POST /magic-link/end', input)
        return status === 'ended'
      },
    },
    emailOtp: sent('email-otp'),
    smsOtp: sent('sms-otp'),
    whatsapp: sent('whatsapp'),
    strategy: (id) => {
      const path = `POST /${encodeURIComponent(id)}`
      return {
        request: (input) => enter(`${path}/request`, input),
        callback: (input) => enter(`${path}/callback`, input),
      }
    },
    verification: {
      request: (input) => ask('POST /verification/request', input),
      callback: (input) => ask('POST /verification/callback', input),
    },
    ...createFeatureClients({ call, ask, changed }),
    session: {
      async get() {
        try {
          return await call<Scope>('GET /session')
        } catch (error) {
          if (!AuthError.is(error, 'session_required')) throw error
          await native?.write(null)
          return null
        }
      },
      delete: () => leave('DELETE /session'),
    },
    sessions: {
      list: async () => (await call<Sessions>('GET /sessions')).sessions,
      delete: (id) => changed(`DELETE /sessions/${encodeURIComponent(id)}`),
      deleteOthers: () => call('DELETE /sessions'),
    },
    user: {
      get: async () => (await call<UserAnswer>('GET /user')).user,
      update: async (input) => (await changed<UserAnswer>('PATCH /user', input)).user,
      delete: () => leave('DELETE /user'),
    },
    identities: { list: async () => (await call<Identities>('GET /identities')).identities },
    health: () => call('GET /health'),
    ready: () => call('GET /ready'),
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    eventsUrl: `${baseUrl.replace(/\/+$/, '')}${basePath}/session/events`,
  }
}
