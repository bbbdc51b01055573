/** Recovering an account: a new password for whoever controls the address. */

import type { Exchange, RouteDefinition } from '../../http/index.js'
import {
  answeredBy,
  answerSent,
  askerAt,
  defineRoute,
  emailOf,
  proveInEitherFlow,
  tokenOf,
} from '../../http/index.js'
import {
  emailRequestInput,
  recoveryCallbackInput,
  statusSchema,
  verificationSentSchema,
} from '../../contract/index.js'
import type { RecoveryCallbackInput } from '../../contract/index.js'

function secretOf(exchange: Exchange, input: RecoveryCallbackInput) {
  const { token: given, email, code }: { token?: string; email?: string; code?: string } = input
  if (email !== undefined && code !== undefined) return { email, code }
  return { token: tokenOf(exchange.step, 'recovery', given) }
}

/** The routes of recovery. */
export const recoveryRoutes: readonly RouteDefinition[] = [
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
    async handle(exchange, { email }) {
      const { engine, accounts, charged } = exchange
      const to = { type: 'email', value: email } as const
      const asker = await askerAt(exchange, to)
      const sending = await engine.gate.message(charged, to, 'recovery')
      const send = () => sending.send(() => accounts.requestPasswordRecovery(email, asker))
      return answerSent(exchange, to, sending.allowed ? send : null)
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
    async handle(exchange, input) {
      const { engine, step } = exchange
      const guess = await engine.gate.secret(exchange.charged, emailOf(input))
      const secret = secretOf(exchange, input)
      const to = secret.email === undefined ? null : ({ type: 'email', value: secret.email } as const)
      const asker = await askerAt(exchange, to)
      await guess.judge(
        () =>
          proveInEitherFlow(exchange, (kept) =>
            exchange.accounts.resetPassword(secret, input.password, { ...asker, ...kept }),
          ),
        answeredBy,
      )
      step.write({ link: undefined })
      exchange.forget()
      return { status: 200, body: { status: 'recovered' } }
    },
  }),
]
