/** The routes of every strategy: start at `/:id/request`, then finish at `/:id/callback`. */

import * as z from 'zod'
import { AuthError, invalidField } from '../../base/index.js'
import { signedInSchema, text, textLimits, verificationSentSchema } from '../../contract/index.js'
import type { Accounts } from '../../core/index.js'
import type { Address, RequestContext, Outcome, RouteDefinition } from '../../http/index.js'
import { addressIn, answerSent, requesterAt, defineRoute, underEitherName } from '../../http/index.js'
import type {
  Proved,
  Strategy,
  StrategyContext,
  StrategyField,
  StrategyInput,
} from '../../strategies/index.js'

const maxCharacters: Readonly<Record<StrategyField['type'], number>> = {
  ...textLimits,
  text: textLimits.name,
}

// The token of a link is optional, since it may be the pending link of the browser.
function isOptional(field: StrategyField): boolean {
  return field.optional === true || field.type === 'token'
}

function toSchema(fields: readonly StrategyField[]): z.ZodType<StrategyInput> {
  const shape = fields.map((field) => {
    const schema = text(maxCharacters[field.type])
    return [field.name, isOptional(field) ? schema.exactOptional() : schema] as const
  })
  return z.object(Object.fromEntries(shape))
}

async function contextOf(
  context: RequestContext,
  strategy: Strategy,
  input: StrategyInput,
): Promise<StrategyContext> {
  const { settings } = context.engine
  const { id } = strategy
  const callbackUrl = `${settings.baseUrl}${settings.basePath}/${id}/callback`
  const requester = await requesterAt(context, addressIn(strategy.fields.request, input))
  return { accounts: context.accounts, flow: requester.flow, requester, callbackUrl }
}

// The password is checked, but the response is that of a wrong one in any case.
function closedContext(strategyContext: StrategyContext): StrategyContext {
  const { accounts } = strategyContext
  const authenticateWithPassword: Accounts['authenticateWithPassword'] = (attrs) =>
    accounts.authenticateWithPassword(attrs, { closed: true })
  return { ...strategyContext, accounts: { ...accounts, authenticateWithPassword } }
}

async function enter(
  context: RequestContext,
  { user, methods, authenticatedAt, proof }: Proved,
): Promise<Outcome> {
  const entered = await context.enter({ user, methods, authenticatedAt, proof })
  context.browserState.write({ link: undefined, sent: undefined })
  return { status: 200, body: entered }
}

async function request(context: RequestContext, strategy: Strategy, input: StrategyInput): Promise<Outcome> {
  const { limiter } = context.engine
  const strategyContext = await contextOf(context, strategy, input)
  const to = addressIn(strategy.fields.request, input)
  if (strategy.kind === 'credential') {
    const attempt = await limiter.password(context.limited, to ?? { type: 'email', value: '' })
    const judged = attempt.closed ? closedContext(strategyContext) : strategyContext
    const requested = await attempt.judge(() => strategy.request(judged, input))
    return attempt.follow(() => finish(context, requested, to))
  }
  if (to === null) return finish(context, await strategy.request(strategyContext, input), to)
  const sending = await limiter.message(context.limited, to, 'sign_in')
  const requested = await sending.send(() => strategy.request(strategyContext, input))
  return requested === undefined ? answerSent(context, to, null) : finish(context, requested, to)
}

async function finish(
  context: RequestContext,
  requested: Awaited<ReturnType<Strategy['request']>>,
  to: Address | null,
): Promise<Outcome> {
  switch (requested.status) {
    case 'sent': {
      const { codeLength } = requested
      const issued = codeLength === undefined ? undefined : { codeLength }
      return answerSent(context, to ?? { type: 'email', value: '' }, () => Promise.resolve(issued))
    }
    case 'redirect':
      return { status: 303, location: requested.url }
    case 'proved':
      return enter(context, requested)
  }
}

// The token that was sent, or else the pending one.
function withParkedToken(context: RequestContext, { fields }: Strategy, input: StrategyInput): StrategyInput {
  const field = fields.callback?.find(({ type }) => type === 'token')
  if (field === undefined || input[field.name] !== undefined) return input
  const { link } = context.browserState.read()
  if (link?.type !== 'sign_in') throw invalidField(field.name, 'required')
  return { ...input, [field.name]: link.token }
}

async function callback(context: RequestContext, strategy: Strategy, input: StrategyInput): Promise<Outcome> {
  if (strategy.callback === undefined) throw new AuthError('strategy_disabled')
  const prove = strategy.callback.bind(strategy)
  const whole = withParkedToken(context, strategy, input)
  const strategyContext = await contextOf(context, strategy, whole)
  const under = (flow: string): StrategyContext => ({
    ...strategyContext,
    flow,
    requester: { ...strategyContext.requester, flow },
  })
  const to = addressIn(strategy.fields.callback ?? [], input)
  const attempt = await context.engine.limiter.secret(context.limited, to)
  const proved = await attempt.judge(
    () => underEitherName(context, (flow) => prove(under(flow), whole)),
    ({ identity = to }) =>
      identity === null
        ? null
        : {
            purpose: 'sign_in',
            address: { ...identity, type: identity.type === 'phone' ? 'phone' : 'email' },
          },
  )
  return attempt.follow(() => enter(context, proved))
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
    handle: (context, input) => request(context, strategy, input),
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
    handle: (context, input) => callback(context, strategy, input),
  })
  if (strategy.kind !== 'social') return [post]
  // A provider sends the browser back with a GET. The strategy binds its response to the requesting browser.
  return [post, { ...post, id: `${strategy.id}.return`, method: 'GET', summary: `${strategy.name}: return` }]
}

/** The routes of these strategies. */
export function strategyRoutes(strategies: readonly Strategy[]): readonly RouteDefinition[] {
  return strategies.flatMap((strategy) => [requestRoute(strategy), ...callbackRoutes(strategy)])
}
