/** Sign-up with a password, and verification of the address. */

import type { Verified } from '../../core/index.js'
import type { RequestContext, RouteDefinition } from '../../http/index.js'
import {
  redeemedRequestOf,
  answerSent,
  requesterAt,
  defineRoute,
  emailOf,
  proveUnderEitherName,
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

async function prove(context: RequestContext, input: VerificationCallbackInput): Promise<Verified> {
  const { accounts } = context
  const { token: given, email, code, password }: LooseInput = input
  if (email !== undefined && code !== undefined) {
    const requester = await requesterAt(context, { type: 'email', value: email })
    return proveUnderEitherName(context, (kept) =>
      accounts.verifyMagicCode(code, 'email', email, { ...requester, ...kept }),
    )
  }
  const token = tokenOf(context.browserState, 'email', given)
  const verified = await proveUnderEitherName(context, (kept) =>
    password === undefined
      ? accounts.verifyMagicLink(token, 'email', kept)
      : accounts.verifySignUpWithPassword(token, password, kept),
  )
  context.browserState.write({ link: undefined })
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
    async handle(context, input) {
      const { engine, accounts, limited, requester } = context
      // Before any limit is counted, so that a rejected password uses up nothing and always gets the same
      // error.
      await accounts.judgeSignUp(input)
      const to = { type: 'email', value: input.email } as const
      const sending = await engine.limiter.signUp(limited, to)
      const send = () => sending.send(() => accounts.requestSignUp(input, requester))
      return answerSent(context, to, sending.allowed ? send : null)
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
    async handle(context, { email }) {
      const { engine, accounts, limited, requester } = context
      const to = { type: 'email', value: email } as const
      const sending = await engine.limiter.message(limited, to, 'email')
      const [previousFlow] = context.browserNames().filter((flow) => flow !== requester.flow)
      const again = { ...requester, previousFlow }
      const send = () => sending.send(() => accounts.requestSignUpAgain(email, again))
      return answerSent(context, to, sending.allowed ? send : null)
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
  async handle(context, input) {
    const attempt = await context.engine.limiter.secret(context.limited, emailOf(input))
    await attempt.judge(() => prove(context, input), redeemedRequestOf)
    return { status: 200, body: { status: 'verified' } }
  },
})

/**
 * The routes of sign-up. Without passwords, an address whose verification the host requests can still be
 * verified.
 */
export function signUpRoutes(withPasswords: boolean): readonly RouteDefinition[] {
  return withPasswords ? [...signingUp, proving] : [proving]
}
