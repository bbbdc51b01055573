/** The life of every strategy: start at `/:id/request`, then prove at `/:id/callback`. */

import * as z from 'zod'
import { AuthError, invalidField } from '../../base/index.js'
import { signedInSchema, text, textLimits, verificationSentSchema } from '../../contract/index.js'
import type { Accounts } from '../../core/index.js'
import type { Address, Exchange, Outcome, RouteDefinition } from '../../http/index.js'
import { addressIn, answerSent, askerAt, defineRoute, inEitherFlow } from '../../http/index.js'
import type {
  Proved,
  Strategy,
  StrategyContext,
  StrategyField,
  StrategyInput,
} from '../../strategies/index.js'

const mostCharacters: Readonly<Record<StrategyField['type'], number>> = {
  ...textLimits,
  text: textLimits.name,
}

// A link's token may be the one that the browser has parked.
function isOptional(field: StrategyField): boolean {
  return field.optional === true || field.type === 'token'
}

function toSchema(fields: readonly StrategyField[]): z.ZodType<StrategyInput> {
  const shape = fields.map((field) => {
    const schema = text(mostCharacters[field.type])
    return [field.name, isOptional(field) ? schema.exactOptional() : schema] as const
  })
  return z.object(Object.fromEntries(shape))
}

async function contextOf(
  exchange: Exchange,
  strategy: Strategy,
  input: StrategyInput,
): Promise<StrategyContext> {
  const { settings } = exchange.engine
  const { id } = strategy
  const callbackUrl = `${settings.baseUrl}${settings.basePath}/${id}/callback`
  const asker = await askerAt(exchange, addressIn(strategy.fields.request, input))
  return { accounts: exchange.accounts, flow: asker.flow, asker, callbackUrl }
}

// The password is judged, and answered like a wrong one whether it is right or not.
function closedContext(context: StrategyContext): StrategyContext {
  const { accounts } = context
  const authenticateWithPassword: Accounts['authenticateWithPassword'] = (attrs) =>
    accounts.authenticateWithPassword(attrs, { closed: true })
  return { ...context, accounts: { ...accounts, authenticateWithPassword } }
}

async function enter(
  exchange: Exchange,
  { user, methods, authenticatedAt, proof }: Proved,
): Promise<Outcome> {
  const entered = await exchange.enter({ user, methods, authenticatedAt, proof })
  exchange.step.write({ link: undefined, sent: undefined })
  return { status: 200, body: entered }
}

async function request(exchange: Exchange, strategy: Strategy, input: StrategyInput): Promise<Outcome> {
  const { gate } = exchange.engine
  const context = await contextOf(exchange, strategy, input)
  const to = addressIn(strategy.fields.request, input)
  if (strategy.kind === 'credential') {
    const guess = await gate.password(exchange.charged, to ?? { type: 'email', value: '' })
    const judged = guess.closed ? closedContext(context) : context
    return finish(exchange, await guess.judge(() => strategy.request(judged, input)), to)
  }
  if (to === null) return finish(exchange, await strategy.request(context, input), to)
  const sending = await gate.message(exchange.charged, to, 'sign_in')
  const requested = await sending.send(() => strategy.request(context, input))
  return requested === undefined ? answerSent(exchange, to, null) : finish(exchange, requested, to)
}

async function finish(
  exchange: Exchange,
  requested: Awaited<ReturnType<Strategy['request']>>,
  to: Address | null,
): Promise<Outcome> {
  switch (requested.status) {
    case 'sent': {
      const { codeLength } = requested
      const issued = codeLength === undefined ? undefined : { codeLength }
      return answerSent(exchange, to ?? { type: 'email', value: '' }, () => Promise.resolve(issued))
    }
    case 'redirect':
      return { status: 303, location: requested.url }
    case 'proved':
      return enter(exchange, requested)
  }
}

// The token that was sent, or else the parked one.
function withParkedToken(exchange: Exchange, { fields }: Strategy, input: StrategyInput): StrategyInput {
  const field = fields.callback?.find(({ type }) => type === 'token')
  if (field === undefined || input[field.name] !== undefined) return input
  const { link } = exchange.step.read()
  if (link?.type !== 'sign_in') throw invalidField(field.name, 'required')
  return { ...input, [field.name]: link.token }
}

async function callback(exchange: Exchange, strategy: Strategy, input: StrategyInput): Promise<Outcome> {
  if (strategy.callback === undefined) throw new AuthError('strategy_disabled')
  const prove = strategy.callback.bind(strategy)
  const whole = withParkedToken(exchange, strategy, input)
  const context = await contextOf(exchange, strategy, whole)
  const under = (flow: string): StrategyContext => ({ ...context, flow, asker: { ...context.asker, flow } })
  const to = addressIn(strategy.fields.callback ?? [], input)
  const guess = await exchange.engine.gate.secret(exchange.charged, to)
  const proved = await guess.judge(
    () => inEitherFlow(exchange, (flow) => prove(under(flow), whole)),
    ({ identity = to }) =>
      identity === null
        ? null
        : {
            purpose: 'sign_in',
            address: { ...identity, type: identity.type === 'phone' ? 'phone' : 'email' },
          },
  )
  return enter(exchange, proved)
}

const signedIn = { 200: { description: 'Signed in; the session cookie is set.', schema: signedInSchema } }

const answersOf: Readonly<Record<Strategy['kind'], RouteDefinition['answers']>> = {
  credential: signedIn,
  passwordless: {
    202: { description: 'A message is on its way, for every address alike.', schema: verificationSentSchema },
  },
  social: { 303: { description: 'To the provider.' } },
}

function requestRoute(strategy: Strategy): RouteDefinition {
  return defineRoute<StrategyInput>({
    id: `${strategy.id}.request`,
    method: 'POST',
    path: `/${strategy.id}/request`,
    access: 'public',
    summary: `${strategy.name}: start`,
    input: toSchema(strategy.fields.request),
    answers: answersOf[strategy.kind],
    action: { strategy: strategy.id, action: 'request' },
    handle: (exchange, input) => request(exchange, strategy, input),
  })
}

function callbackRoutes(strategy: Strategy): readonly RouteDefinition[] {
  const fields = strategy.fields.callback
  if (fields === undefined) return []
  const path = `/${strategy.id}/callback`
  const action = { strategy: strategy.id, action: 'callback' }
  const post = defineRoute<StrategyInput>({
    id: `${strategy.id}.callback`,
    method: 'POST',
    path,
    access: 'public',
    summary: `${strategy.name}: prove`,
    input: toSchema(fields),
    answers: signedIn,
    action,
    ...(fields.some(({ type }) => type === 'token') && { redeemsLink: true }),
    handle: (exchange, input) => callback(exchange, strategy, input),
  })
  if (strategy.kind !== 'social') return [post]
  // A provider sends the browser back with a GET; its answer proves, and is bound to the flow by the strategy.
  return [post, { ...post, id: `${strategy.id}.return`, method: 'GET', summary: `${strategy.name}: return` }]
}

/** The routes of these strategies. */
export function strategyRoutes(strategies: readonly Strategy[]): readonly RouteDefinition[] {
  return strategies.flatMap((strategy) => [requestRoute(strategy), ...callbackRoutes(strategy)])
}
