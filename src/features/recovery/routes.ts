/** Account recovery: a new password for the person who controls the address. */

import type { RequestContext, RouteDefinition } from '../../http/index.js'
import {
  redeemedRequestOf,
  answerSent,
  requesterAt,
  defineRoute,
  openLinkRoute,
  emailOf,
  proveUnderEitherName,
  tokenOf,
} from '../../http/index.js'
import { emailRequestInput, statusSchema, verificationSentSchema } from '../../contract/index.js'
import { recoveryCallbackInput } from './schemas.js'
import type { RecoveryCallbackInput } from './schemas.js'

function secretOf(context: RequestContext, input: RecoveryCallbackInput) {
  const { token: given, email, code }: { token?: string; email?: string; code?: string } = input
  if (email !== undefined && code !== undefined) return { email, code }
  return { token: tokenOf(context.browserState, 'recovery', given) }
}

/** The routes of recovery. */
export const routes: readonly RouteDefinition[] = [
  openLinkRoute('recovery.open', '/recovery/callback', 'recovery'),

  defineRoute({
    id: 'recovery.request',
    method: 'POST',
    path: '/recovery/request',
    access: 'public',
    summary: 'Ask for a new password',
    input: emailRequestInput,
    answers: {
      202: {
        description: 'A message is on its way, if the address is proven.',
        schema: verificationSentSchema,
      },
    },
    action: { strategy: 'recovery', action: 'request' },
    async handle(context, { email }) {
      const { engine, accounts, limited } = context
      const to = { type: 'email', value: email } as const
      const requester = await requesterAt(context, to)
      const sending = await engine.limiter.message(limited, to, 'recovery')
      const send = () => sending.send(() => accounts.requestPasswordRecovery(email, requester))
      return answerSent(context, to, sending.allowed ? send : null)
    },
  }),

  defineRoute({
    id: 'recovery.callback',
    method: 'POST',
    path: '/recovery/callback',
    access: 'public',
    summary: 'Set a new password; ends every session',
    input: recoveryCallbackInput,
    answers: { 200: { description: 'The password is set.', schema: statusSchema('recovered') } },
    action: { strategy: 'recovery', action: 'callback' },
    redeemsLink: true,
    async handle(context, input) {
      const { engine, browserState } = context
      const attempt = await engine.limiter.secret(context.limited, emailOf(input))
      const secret = secretOf(context, input)
      const to = secret.email === undefined ? null : ({ type: 'email', value: secret.email } as const)
      const requester = await requesterAt(context, to)
      await attempt.judge(
        () =>
          proveUnderEitherName(context, (kept) =>
            context.accounts.resetPassword(secret, input.password, { ...requester, ...kept }),
          ),
        redeemedRequestOf,
      )
      browserState.write({ link: undefined })
      context.forget()
      return { status: 200, body: { status: 'recovered' } }
    },
  }),
]
