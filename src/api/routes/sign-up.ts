/** Signing up with a password, and proving the address. */

import type { Verified } from '../../core/index.js'
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
  signUpInput,
  statusSchema,
  verificationCallbackInput,
  verificationSentSchema,
} from '../../contract/index.js'
import type { VerificationCallbackInput } from '../../contract/index.js'

const sentAnswer = {
  202: {
    description: 'A proof of the address is on its way, whoever has it.',
    schema: verificationSentSchema,
  },
}

interface LooseInput {
  readonly token?: string
  readonly email?: string
  readonly code?: string
  readonly password?: string
}

async function prove(exchange: Exchange, input: VerificationCallbackInput): Promise<Verified> {
  const { accounts } = exchange
  const { token: given, email, code, password }: LooseInput = input
  if (email !== undefined && code !== undefined) {
    const asker = await askerAt(exchange, { type: 'email', value: email })
    return proveInEitherFlow(exchange, (kept) =>
      accounts.verifyMagicCode(code, 'email', email, { ...asker, ...kept }),
    )
  }
  const token = tokenOf(exchange.step, 'email', given)
  const verified = await proveInEitherFlow(exchange, (kept) =>
    password === undefined
      ? accounts.verifyMagicLink(token, 'email', kept)
      : accounts.verifySignUpWithPassword(token, password, kept),
  )
  exchange.step.write({ link: undefined })
  return verified
}

const signingUp: readonly RouteDefinition[] = [
  defineRoute({
    id: 'sign-up',
    method: 'POST',
    path: '/sign-up',
    access: 'public',
    summary: 'Sign up with an email and a password',
    input: signUpInput,
    answers: sentAnswer,
    action: { strategy: 'password', action: 'sign-up' },
    async handle(exchange, input) {
      const { engine, accounts, charged, asker } = exchange
      // Before any limit is charged: whoever mistypes a password has used up nothing, and is told so each time.
      await accounts.judgeSignUp(input)
      const to = { type: 'email', value: input.email } as const
      const sending = await engine.gate.signUp(charged, to)
      const send = () => sending.send(() => accounts.requestSignUp(input, asker))
      return answerSent(exchange, to, sending.allowed ? send : null)
    },
  }),

  defineRoute({
    id: 'verification.request',
    method: 'POST',
    path: '/verification/request',
    access: 'public',
    summary: 'Send the proof of a sign-up again',
    input: emailRequestInput,
    answers: sentAnswer,
    action: { strategy: 'verification', action: 'request' },
    async handle(exchange, { email }) {
      const { engine, accounts, charged, asker } = exchange
      const to = { type: 'email', value: email } as const
      const sending = await engine.gate.message(charged, to, 'email')
      const [previousFlow] = exchange.flows().filter((flow) => flow !== asker.flow)
      const again = { ...asker, previousFlow }
      const send = () => sending.send(() => accounts.requestSignUpAgain(email, again))
      return answerSent(exchange, to, sending.allowed ? send : null)
    },
  }),
]

const proving: RouteDefinition = defineRoute({
  id: 'verification.callback',
  method: 'POST',
  path: '/verification/callback',
  access: 'public',
  summary: 'Prove an address; does not sign in',
  input: verificationCallbackInput,
  answers: { 200: { description: 'The address is proven.', schema: statusSchema('verified') } },
  action: { strategy: 'verification', action: 'callback' },
  redeemsLink: true,
  async handle(exchange, input) {
    const guess = await exchange.engine.gate.secret(exchange.charged, emailOf(input))
    await guess.judge(() => prove(exchange, input), answeredBy)
    return { status: 200, body: { status: 'verified' } }
  },
})

/** The routes of sign-up. Where nobody signs up by a password, an address that the host asks about can still be proven. */
export function signUpRoutes(withPasswords: boolean): readonly RouteDefinition[] {
  return withPasswords ? [...signingUp, proving] : [proving]
}
