// A stranger's code: it must compile against the packed declarations, with every library check on.
import { AuthError, createAuth } from 'latchkey'
import type { Account, Auth, AuthOptions, Message, Sender, Session, User, Verified } from 'latchkey'
import { AuthError as ClientError, createClient } from 'latchkey/client'
import type { Client, Scope } from 'latchkey/client'
import { consoleSender } from 'latchkey/delivery/console'
import { route } from 'latchkey/delivery/route'
import { sms } from 'latchkey/delivery/sms'
import { smtp } from 'latchkey/delivery/smtp'
import { verifyWebhook, webhook } from 'latchkey/delivery/webhook'
import { whatsapp } from 'latchkey/delivery/whatsapp'
import { openPglite } from 'latchkey/pglite'
import { openPostgres } from 'latchkey/postgres'
import { defineFeature } from 'latchkey/feature'
import type { LatchkeyEnv } from 'latchkey/hono'
import { latchkey, requireFresh, requireScope } from 'latchkey/hono'
import { createNodeGuards, toNodeHandler } from 'latchkey/node'
import type { NodeGuard, NodeHandler } from 'latchkey/node'
import { createTestAuth, describeStore } from 'latchkey/testing'

const options: AuthOptions = {
  database: await openPglite('memory'),
  session: { idle: '14d' },
  sender: route({
    email: smtp({ url: 'smtp://localhost', from: 'a@example.com' }),
    phone: sms({ accountSid: 'AC', authToken: 'x', from: '+15005550006' }),
  }),
}
export const auth: Auth = await createAuth(options)
export const senders: Sender[] = [
  consoleSender(),
  webhook({ url: 'https://x.example', secret: 'whsec_x' }),
  whatsapp({ accessToken: 'x', phoneNumberId: '1', template: 't' }),
]
export const received: boolean = verifyWebhook(
  { headers: { 'webhook-id': 'x', 'webhook-timestamp': '1', 'webhook-signature': 'v1,x' }, body: '' },
  'whsec_x',
  new Date(),
)

export async function use(user: User): Promise<[Session | null, Account, Verified, Message | undefined]> {
  const account = await auth.accounts.with({}).findOrCreateEmailIdentity('a@example.com')
  const session = await auth.accounts.touchSession({ id: user.id })
  const verified = await auth.accounts.verifyMagicLink('x', 'sign_in', { flow: 'f' })
  const { inbox, clock } = await createTestAuth({ database: await openPostgres('postgres://x') })
  clock.advance('15m')
  const messages = await inbox.all()
  return [session, account, verified, messages[0]]
}

export const answer: NodeHandler = toNodeHandler(auth)
export const guards: NodeGuard[] = [
  createNodeGuards(auth).requireScope,
  createNodeGuards(auth).requireFresh('10m'),
]
export const mounted = [latchkey(auth), requireScope(), requireFresh('10m')] satisfies unknown[]
export const nameOf = ({ scope }: LatchkeyEnv['Variables']): string => scope.user.id

// @ts-expect-error a duration has a unit
requireFresh('10')

export function explain(error: unknown): string {
  return AuthError.is(error) ? error.code : 'fault'
}

// @ts-expect-error a code that does not exist can't be asked for
export const neverAsked = (error: unknown): boolean => AuthError.is(error, 'made_up')

// @ts-expect-error an option that does not exist is refused
void createAuth({ databse: 'memory' })
// @ts-expect-error a duration has a unit
void createAuth({ session: { idle: '14 days' } })
// @ts-expect-error a purpose that does not exist is refused
void auth.accounts.verifyMagicLink('x', 'parole')
export { describeStore }

export const client: Client = createClient({ baseUrl: 'https://app.example' })
export const whoAsks: Promise<Scope | null> = client.session.get()
export const isRefused = (error: unknown): boolean => ClientError.is(error, 'rate_limited')

// Events and reasons are closed, and a feature opens them.
declare module 'latchkey' {
  interface FeatureEvents {
    readonly 'badge.read': true
  }
  interface Reasons {
    badge_unknown: 'sign_in'
  }
}
export const refused = new AuthError('invalid_credentials', { reason: 'badge_unknown' })
auth.on('badge.read', () => undefined)
// @ts-expect-error an event that nobody declares
auth.on('badge.lost', () => undefined)
// @ts-expect-error a reason that nobody declares
void new AuthError('invalid_credentials', { reason: 'badge_lost' })
// @ts-expect-error a reason that the audit log does not record for a refused request
void new AuthError('rate_limited', { reason: 'password_wrong' })

// A feature of the host brings its operations, also inside a transaction.
const badges = defineFeature({
  id: 'office-badges',
  events: { 'badge.read': 'A badge was read.' },
  operations: () => ({ count: (user: { readonly id: string }) => Promise.resolve(user.id.length) }),
})
const withBadges = await createAuth({ ...options, features: [badges] })
export const counted: Promise<number> = withBadges.officeBadges.count({ id: 'x' })
export const countedWithin: Promise<number> = withBadges.with({}).officeBadges.count({ id: 'x' })
export const stillAccounts: Promise<User | null> = withBadges.with({}).accounts.getUser({ id: 'x' })
// @ts-expect-error an operation that the feature does not have
void withBadges.officeBadges.burn()
// @ts-expect-error a feature that is not listed
void auth.officeBadges
