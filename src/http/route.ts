/**
 * What a route is: data. `api/` and `ui/` list theirs; `http/app.ts` mounts them all, and the tests of attacks are
 * generated from the same lists.
 *
 * Invariants: (1) a route that changes state is not GET; (2) what a route needs (session, freshness, input) is judged
 * before its handler runs, the origin first; (3) a handler returns an outcome and never a status of a refusal.
 */

import type { ZodType } from 'zod'
import type { AuthError } from '../base/index.js'
import type { Issued } from '../core/index.js'
import { requesterAt } from './requester.js'
import type { RequestContext } from './request-context.js'

/** Who may ask: anybody, whoever is signed in, or whoever signed in within the last ten minutes. */
export type Access = 'public' | 'session' | 'fresh'

/** What came of a request. */
export type Outcome =
  | { readonly status: 200 | 202 | 503; readonly body: object }
  | { readonly status: 204 }
  | { readonly status: 303; readonly location: string }
  /** A page, an asset, or another answer that is complete. */
  | { readonly status: 'complete'; readonly response: Response }

/** The shape of one answer, for the contract. */
export interface Answer {
  readonly description: string
  readonly schema?: ZodType
}

/** A route below the base path. `I` is its input after validation. */
export interface RouteDefinition<I = unknown> {
  /** Stable and unique, such as `sessions.delete`. */
  readonly id: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below the base path, such as `/sessions/:id`. */
  readonly path: string
  readonly access: Access
  readonly summary: string
  /** The body (or, of a GET, the query), validated before the handler. Unknown keys are ignored. */
  readonly input?: ZodType<I>
  /** Answers by status; refusals are problem documents and need no entry. */
  readonly answers: Readonly<Record<number, Answer>>
  /** Which strategy's action this is, for the host's handler. */
  readonly action?: { readonly strategy: string; readonly action: string }
  /** Left out of the contract: pages, forms and assets. */
  readonly hidden?: boolean
  /** Redeems the parked link where no other secret is given; a form then says which link its page showed. */
  readonly redeemsLink?: boolean
  /** Not there but for whoever sits at this machine, or where development is open to everybody. */
  readonly local?: boolean
  handle(context: RequestContext, input: I): Promise<Outcome> | Outcome
}

/** The answer to whoever asks for a secret, for every address alike, with the number of digits of its code. */
export function verificationSent({ codeLength }: Issued): Outcome {
  return { status: 202, body: { status: 'verification_sent', codeLength } }
}

/**
 * Sends a secret where that may be, and answers alike where it may not: the length of a code is that of the address.
 * `send` gives nothing where a strategy of the host's knows of no code.
 */
export async function answerSent(
  context: RequestContext,
  to: { readonly type: 'email' | 'phone'; readonly value: string },
  send: (() => Promise<Issued | undefined>) | null,
): Promise<Outcome> {
  const issued = send === null ? undefined : await send()
  if (issued !== undefined) return verificationSent(issued)
  return verificationSent({
    codeLength: await context.accounts.getCodeLength(to.type, to.value, await requesterAt(context, to)),
  })
}

/** Gives a route its type of input. */
export function defineRoute<I>(route: RouteDefinition<I>): RouteDefinition {
  return route
}

/** How forms are answered: by pages. `ui/` implements it, the roof hands it in. */
export interface HtmlResponses {
  /** What was meant by what was typed: a pasted code loses its spaces. */
  read(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>>
  /** The page, or the redirect, after a form was posted with success. */
  answer(
    context: RequestContext,
    route: RouteDefinition,
    result: { readonly input: unknown; readonly outcome: Outcome },
  ): Promise<Response> | Response
  /** The page that says what was refused. `input` is what was posted; no secret in it is shown again. */
  refuse(
    context: RequestContext,
    route: RouteDefinition | null,
    result: { readonly input: Readonly<Record<string, unknown>>; readonly error: AuthError },
  ): Promise<Response> | Response
}
