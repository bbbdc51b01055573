/**
 * Opened links, and sign-ins approved in another browser.
 *
 * Invariants: (1) opening a link redeems nothing: it stores the token as the pending link and leads to a page
 * that says what will happen; (2) a link opened in another browser signs in nobody there, but lets the person
 * approve the sign-in of the requesting browser.
 */

import * as z from 'zod'
import { AuthError } from '../../base/index.js'
import { linkCallbackInput, signedInSchema, statusSchema, text, textLimits } from '../../contract/index.js'
import type { Strategy } from '../../strategies/index.js'
import type { RouteDefinition } from '../../http/index.js'
import {
  defineRoute,
  offersApprovals,
  findUnderEitherName,
  openLinkRoute,
  tokenOf,
} from '../../http/index.js'

const endedSchema = z.union([statusSchema('ended'), statusSchema('already_ended')])

const numberInput = z.object({
  number: text(8),
  token: text(textLimits.token).exactOptional(),
})

const waitSchema = z.union([
  z.object({ status: z.enum(['waiting', 'approved']), number: z.string() }),
  statusSchema('none'),
])

/** The routes by which the requesting browser waits until its link is approved in another. */
const waitingRoutes: readonly RouteDefinition[] = [
  defineRoute({
    id: 'magic-link.approve',
    method: 'POST',
    path: '/magic-link/approve',
    access: 'public',
    summary: 'Let the browser that asked for this link finish, by the number that it shows',
    input: numberInput,
    answers: { 200: { description: 'That browser may finish.', schema: statusSchema('approved') } },
    action: { strategy: 'magic-link', action: 'approve' },
    redeemsLink: true,
    async handle(context, { number, token }) {
      const { engine, browserState } = context
      const attempt = await engine.limiter.secret(context.limited, null)
      await attempt.judge(() =>
        context.accounts.approveMagicLink(tokenOf(browserState, 'sign_in', token), number),
      )
      browserState.write({ link: undefined })
      return { status: 200, body: { status: 'approved' } }
    },
  }),

  defineRoute({
    id: 'magic-link.wait',
    method: 'GET',
    path: '/magic-link/wait',
    access: 'public',
    summary: 'Whether the link that this browser asked for was approved elsewhere',
    answers: { 200: { description: 'How it stands, and the number to compare.', schema: waitSchema } },
    async handle(context) {
      const pending = await findUnderEitherName(context, (flow) =>
        context.accounts.getPendingSignIn({ flow }),
      )
      if (pending === null) return { status: 200, body: { status: 'none' } }
      const status = pending.approved ? 'approved' : 'waiting'
      return { status: 200, body: { status, number: pending.number } }
    },
  }),

  defineRoute({
    id: 'magic-link.finish',
    method: 'POST',
    path: '/magic-link/wait',
    access: 'public',
    summary: 'Finish a sign-in that was approved elsewhere',
    answers: {
      200: { description: 'Signed in; the session cookie is set.', schema: signedInSchema },
      202: { description: 'Not approved yet.', schema: statusSchema('waiting') },
    },
    action: { strategy: 'magic-link', action: 'finish' },
    async handle(context) {
      const verified = await findUnderEitherName(context, (flow) =>
        context.accounts.redeemApprovedSignIn({ flow, resumable: true }),
      )
      if (verified === null) return { status: 202, body: { status: 'waiting' } }
      const { user, authenticatedAt, proof } = verified
      const entered = await context
        .enter({ user, methods: ['magic-link'], authenticatedAt, proof })
        .catch((error: unknown) => {
          // Another tab of this browser was faster; nothing is waiting any more.
          if (AuthError.is(error, 'invalid_token')) return null
          throw error
        })
      if (entered === null) return { status: 202, body: { status: 'waiting' } }
      context.browserState.write({ link: undefined, sent: undefined })
      return { status: 200, body: entered }
    },
  }),
]

/**
 * The link in the notice of an approved sign-in: ends that session, without a sign-in. The answer is the same
 * for a session that has ended already and for a token that was never valid. These routes also exist while
 * approvals are turned off, for the notices that were sent before.
 */
const endingRoutes: readonly RouteDefinition[] = [
  openLinkRoute('magic-link.end-open', '/magic-link/end', 'session_end'),

  defineRoute({
    id: 'magic-link.end',
    method: 'POST',
    path: '/magic-link/end',
    access: 'public',
    summary: 'End the session of a sign-in that was approved, by the link in its notice',
    input: linkCallbackInput,
    answers: { 200: { description: 'Whether this request ended it.', schema: endedSchema } },
    redeemsLink: true,
    async handle(context, { token }) {
      const { engine, browserState, accounts } = context
      const attempt = await engine.limiter.secret(context.limited, null)
      const ended = await attempt.judge(() =>
        accounts.revokeApprovedSession(tokenOf(browserState, 'session_end', token)),
      )
      if (browserState.read().link?.type === 'session_end') browserState.write({ link: undefined })
      return { status: 200, body: { status: ended.length > 0 ? 'ended' : 'already_ended' } }
    },
  }),
]

/**
 * The routes of links. The strategy determines whether links sign in, and whether another browser can
 * approve.
 */
export function linkRoutes(magicLink: Pick<Strategy, 'approvals'> | undefined): readonly RouteDefinition[] {
  return [
    openLinkRoute('verification.open', '/verification/callback', 'email'),
    ...(magicLink === undefined
      ? []
      : [openLinkRoute('magic-link.open', '/magic-link/callback', 'sign_in'), ...endingRoutes]),
    ...(offersApprovals(magicLink) ? waitingRoutes : []),
  ]
}
