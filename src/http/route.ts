/**
 * A route is data. `api/` and `ui/` list theirs, `http/app.ts` mounts them all, and the attack tests are
 * generated from the same lists.
 *
 * Invariants: (1) a route that changes state is not GET; (2) what a route requires (session, freshness,
 * input) is checked before its handler runs, the origin first; (3) a handler returns an outcome and never the
 * status of an error.
 */

import type { ZodType } from 'zod'
import type { AuthError } from '../base/index.js'
import type { Issued } from '../core/index.js'
import { requesterAt } from './requester.js'
import type { RequestContext } from './request-context.js'

/** Who may call: anybody, any signed-in user, or a user who signed in within the last ten minutes. */
export type Access = 'public' | 'session' | 'fresh'

/** The result of a handler. */
export type Outcome =
  | { readonly status: 200 | 202 | 503; readonly body: object }
  | { readonly status: 204 }
  | { readonly status: 303; readonly location: string }
  /** A page, an asset, or another complete response. */
  | { readonly status: 'complete'; readonly response: Response }

/** The format of one response, for the OpenAPI document. */
export interface Answer {
  readonly description: string
  readonly schema?: ZodType
}

/** A route below the base path. `I` is its validated input. */
export interface RouteDefinition<I = unknown> {
  /** Stable and unique, such as `sessions.delete`. */
  readonly id: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below the base path, such as `/sessions/:id`. */
  readonly path: string
  readonly access: Access
  readonly summary: string
  /** The body (for GET, the query), validated before the handler. Unknown keys are ignored. */
  readonly input?: ZodType<I>
  /** Responses by status. Errors are problem documents and are not listed. */
  readonly answers: Readonly<Record<number, Answer>>
  /** The strategy and action of this route, for the host's handler. */
  readonly action?: { readonly strategy: string; readonly action: string }
  /** Left out of the OpenAPI document: pages, forms and assets. */
  readonly hidden?: boolean
  /** Redeems the pending link if no other secret is given. A form then says which link its page showed. */
  readonly redeemsLink?: boolean
  /** Exists only for clients on this machine, or for everybody if development is open. */
  readonly local?: boolean
  handle(context: RequestContext, input: I): Promise<Outcome> | Outcome
}

/**
 * The response to a request for a secret, the same for every address, with the number of digits of its code.
 */
export function verificationSent({ codeLength }: Issued): Outcome {
  return { status: 202, body: { status: 'verification_sent', codeLength } }
}

/**
 * Sends a secret if the limits allow it. Otherwise the response looks the same: the code length is the usual
 * one of the address. `send` returns nothing if a host's strategy has no code.
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

/** Infers the type of a route's input. */
export function defineRoute<I>(route: RouteDefinition<I>): RouteDefinition {
  return route
}

/** Answers forms with pages. `ui/` implements it, and `auth/` passes it in. */
export interface HtmlResponses {
  /** Normalizes typed input: a pasted code loses its spaces. */
  read(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>>
  /** The page or redirect after a successful form. */
  answer(
    context: RequestContext,
    route: RouteDefinition,
    result: { readonly input: unknown; readonly outcome: Outcome },
  ): Promise<Response> | Response
  /** The page that shows an error. `input` is what was posted; no secret in it is shown again. */
  refuse(
    context: RequestContext,
    route: RouteDefinition | null,
    result: { readonly input: Readonly<Record<string, unknown>>; readonly error: AuthError },
  ): Promise<Response> | Response
}
