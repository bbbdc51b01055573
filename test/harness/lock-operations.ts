/**
 * Every operation that writes, on one person who has something of everything. `test/ports/lock-order.test.ts` compares
 * what they run with all statements that anything prepares, so a new statement needs an operation here.
 */

import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { createBrowserKeys } from '../../src/secrets/index.js'
import type {
  LimitStore,
  NewVerification,
  Outbox,
  SessionLedger,
  Store,
  VerificationType,
} from '../../src/core/index.js'
import type { LimitName } from '../../src/base/index.js'
import type { RecoveryStatements } from '../../src/features/recovery/statements.js'
import { createRequestLimits } from '../../src/http/request-limits.js'
import { limitDefaults } from '../../src/http/limit-table.js'

const day = 86_400_000
const recoveryOf = ({ features }: Store): RecoveryStatements => features['recovery'] as RecoveryStatements
const charges = createRequestLimits(limitDefaults)
const keys = createBrowserKeys(['a secret of tests that opens nothing else'])

/** What operations are run on. `elsewhere` is a store whose sessions are kept on Redis. */
export interface Stores {
  readonly store: Store
  readonly elsewhere: Store
  readonly ledger: SessionLedger
  readonly outbox: Outbox
  readonly limits: LimitStore
}

/** A user with something of everything. */
export interface Person {
  readonly userId: string
  readonly email: string
  readonly identityId: string
  readonly claimId: string
  readonly claim: string
  readonly browser: string
  readonly sessions: readonly { readonly id: string; readonly secretHash: Uint8Array }[]
  readonly signIn: NewVerification
  readonly change: NewVerification
  readonly recovery: NewVerification
}

/** One operation on this person. */
export type Operation = (stores: Stores, person: Person) => Promise<unknown>

const flowHash = randomBytes(32)
const hashOf = (browser: string): Uint8Array => createHash('sha256').update(browser).digest()

function verification(type: VerificationType, lifetimeMs = day): NewVerification {
  return {
    id: randomUUID(),
    type,
    flowHash,
    linkHash: randomBytes(32),
    codeMacs: randomBytes(96),
    codeLengths: { digits: [6, 8, 10], lengthenAfter: [5, 10] },
    keyVersion: 1,
    linkLifetimeMs: lifetimeMs,
    codeLifetimeMs: lifetimeMs,
    messageId: randomUUID(),
    sealed: randomBytes(40),
    ip: null,
    userAgent: null,
    knownBrowser: null,
  }
}

const session = (userId: string, browser: string | null = null) => ({
  id: randomUUID(),
  secretHash: randomBytes(32),
  userId,
  ip: null,
  userAgent: null,
  methods: [],
  authenticatedAt: null,
  proof: null,
  browserHash: browser === null ? null : hashOf(browser),
})

const claimOf = (value: string, userId: string = randomUUID()) => ({
  userId,
  identityId: randomUUID(),
  type: 'email' as const,
  value,
  valueKey: value,
})

/** Makes a person, in a transaction or not. */
export async function createPerson({ store, elsewhere, limits }: Stores, number: number): Promise<Person> {
  const [userId, identityId, claimId] = [randomUUID(), randomUUID(), randomUUID()]
  const [email, claim] = [`person-${number}@example.com`, `other-${number}@example.com`]
  const browser = `the browser of ${number}`
  await store.users.import({
    userId,
    name: null,
    username: null,
    metadata: {},
    passwordHash: 'hash',
    identities: [{ id: identityId, type: 'email', value: email, valueKey: email, verified: true }],
  })
  await store.identities.add({ ...claimOf(claim, userId), identityId: claimId })
  const sessions = [session(userId, browser), session(userId)]
  for (const each of sessions) await store.sessions.create(each)
  const [signIn, change, recovery] = [
    verification('sign_in'),
    verification('email_change'),
    verification('recovery'),
  ]
  const person: Person = {
    ...{ userId, email, identityId, claimId, claim, browser, sessions },
    ...{ signIn, change, recovery },
  }
  await store.verifications.issue(identityId, signIn)
  await store.verifications.issue(claimId, change)
  await recoveryOf(store).request({ value: email, key: email }, recovery)
  await store.verifications.issue(claimId, verification('email'))
  // For the sweep: what is over.
  await elsewhere.sessions.create(session(userId))
  await store.verifications.issue(claimId, verification('email_change', 0))
  await limits.take([{ name: 'over' as LimitName, subject: email, max: 1, windowMs: 0 }])
  await limits.take(allCharges(person), { id: userId })
  return person
}

/** What a stranger, and what a known browser is charged. */
const who = (person: Person, known: string | null) => ({
  client: { network: `network of ${person.email}`, wider: [] },
  known: known === null ? null : keys.mac('browser', known),
})
const strangers = (person: Person) => charges.password(who(person, null), person.email, person.userId)
const own = (person: Person) => charges.password(who(person, person.browser), person.email, person.userId)
const networks = (person: Person) =>
  charges.networks(who(person, null).client, 'passwordNetwork', 'messageNetwork')
const allCharges = (person: Person) => [...networks(person), ...strangers(person), ...own(person)]

const payment = ({ userId }: Person) => ({
  id: hashOf(userId).subarray(0, 16),
  from: new Date(0),
  until: new Date(Date.now() + day),
  work: 32,
})

const redeem =
  (
    type: VerificationType,
    key: 'signIn' | 'change' | 'recovery',
    options: { newPassword?: string; holder?: Uint8Array } = {},
  ): Operation =>
  ({ store }, person) =>
    store.verifications.redeem(
      type,
      { kind: 'link', linkHash: person[key].linkHash, flowHash },
      { newPassword: null, holder: null, ...options },
    )

const redeemCode =
  (holder: Uint8Array | null): Operation =>
  ({ store }, { signIn }) =>
    store.verifications.redeem(
      'sign_in',
      {
        kind: 'code',
        id: signIn.id,
        codeMac: signIn.codeMacs.subarray(0, 32),
        refund: 1,
        knownBrowser: null,
      },
      { newPassword: null, holder },
    )

const attempt = (person: Person) => ({
  type: 'sign_in' as const,
  valueKey: person.email,
  flowHash,
  keyVersions: [1],
  knownBrowser: null,
  maxMisses: null,
})

/** What a host may do, also within a transaction of its own. */
export const transactable: Readonly<Record<string, Operation>> = {
  'asking for a sign-in': ({ store }, { identityId }) =>
    store.verifications.issue(identityId, verification('sign_in')),
  'asking to change the address': ({ store }, { claimId }) =>
    store.verifications.issue(claimId, verification('email_change')),
  'asking for a recovery': ({ store }, { email }) =>
    recoveryOf(store).request({ value: email, key: email }, verification('recovery')),
  'asking for a sign-in by address': ({ store }, { email }) =>
    store.signIns.request(claimOf(email), verification('sign_in')),
  'signing up at the address': ({ store }, { email }) =>
    store.signUps.create(claimOf(email), 'hash', verification('email')),
  'asking again after a sign-up': ({ store }, { claim }) =>
    store.signUps.repeat({ value: claim, valueKey: claim, previousFlowHash: null }, verification('email')),
  'creating a user with a password': ({ store }, { email }) =>
    store.identities.createWithPassword(claimOf(email), 'hash'),
  'finding the user of an address': ({ store }, { email }) => store.identities.findOrCreate(claimOf(email)),
  'redeeming a sign-in': redeem('sign_in', 'signIn'),
  'redeeming a sign-in that is kept': redeem('sign_in', 'signIn', { holder: flowHash }),
  'redeeming a code': redeemCode(null),
  'redeeming a code that is kept': redeemCode(flowHash),
  'redeeming what was approved': ({ store }) =>
    store.verifications.redeem(
      'sign_in',
      { kind: 'approved', flowHash },
      { newPassword: null, holder: null },
    ),
  'redeeming a sign-up in another browser': ({ store }, { signIn }) =>
    store.verifications.redeem(
      'sign_in',
      { kind: 'signUp', linkHash: signIn.linkHash },
      { newPassword: 'renewed', holder: null },
    ),
  'redeeming a change': redeem('email_change', 'change'),
  'redeeming a recovery': redeem('recovery', 'recovery', { newPassword: 'renewed' }),
  'approving a sign-in': ({ store }, { signIn }) => store.approvals.approve(signIn.id),
  'confirming a password': ({ store }, { userId }) =>
    store.passwords.confirm({ userId, hash: 'hash', rehashed: null }),
  'rehashing a password': ({ store }, { userId }) =>
    store.passwords.confirm({ userId, hash: 'hash', rehashed: 'hash' }),
  'recording a wrong password': ({ store }, { userId }) =>
    store.passwords.recordFailure({ userId, reason: 'password_wrong', addressMac: null }),
  'recording a wrong secret': ({ store }) =>
    store.verifications.recordFailure({ type: 'sign_in', reason: 'code_wrong', addressMac: null }),
  'setting a password': ({ store }, { userId }) =>
    store.passwords.set({ userId, hash: 'hash', replacing: null, keep: null }),
  'changing a password': ({ store }, { userId, sessions }) =>
    store.passwords.set({ userId, hash: 'hash', replacing: 'hash', keep: sessions[0]?.id ?? null }),
  'opening a session': ({ store }, { userId, browser }) => store.sessions.create(session(userId, browser)),
  'opening a session with a proof': ({ store }, { userId, signIn }) =>
    store.sessions.create({ ...session(userId), proof: signIn.id }),
  'settling a proof': ({ store }, { signIn }) => store.verifications.settle(signIn.id),
  'extending a session': ({ store }, { sessions }) => store.sessions.touch(sessions[0]?.id ?? ''),
  'ending a session by its token': ({ store }, { sessions: [, second] }) =>
    store.sessions.revokeByToken(second?.id ?? '', second?.secretHash ?? new Uint8Array()),
  'ending a session': ({ store }, { userId, sessions }) =>
    store.sessions.revoke(userId, sessions[0]?.id ?? ''),
  'ending all sessions': ({ store }, { userId, sessions }) =>
    store.sessions.revokeAll(userId, sessions[0]?.id ?? null),
  'adding an address': ({ store }, { userId }) =>
    store.identities.add(claimOf(`${randomUUID()}@example.com`, userId)),
  'removing an address': ({ store }, { userId, claimId }) => store.identities.remove(userId, claimId),
  'changing the profile': ({ store }, { userId }) => store.users.updateProfile(userId, { name: 'Another' }),
  'changing private metadata': ({ store }, { userId }) =>
    store.users.patchPrivateMetadata(userId, { clear: false, set: { a: 1 }, remove: [] }),
  'importing somebody at the address': ({ store }, { email }) =>
    store.users.import({
      userId: randomUUID(),
      name: null,
      username: null,
      metadata: {},
      passwordHash: 'hash',
      identities: [{ id: randomUUID(), type: 'email', value: email, valueKey: email, verified: true }],
    }),
  'recording the end of a session on Redis': ({ ledger }, { userId, sessions }) =>
    ledger.recordRevoked(userId, sessions[0]?.id ?? ''),
  'recording the ends of sessions on Redis': ({ ledger }, { userId, sessions }) =>
    ledger.recordEnded(
      userId,
      sessions.map(({ id }) => id),
    ),
  'disabling the user': ({ store }, { userId }) => store.users.disable(userId),
  'enabling the user': ({ store }, { userId }) => store.users.enable(userId),
  'deleting the user': ({ store }, { userId }) => store.users.delete(userId),
}

/** What is refused in a caller's transaction, because it would not be committed at once, or is the engine's own. */
export const alone: Readonly<Record<string, Operation>> = {
  'counting a guess': ({ store }, person) => store.verifications.countAttempt(attempt(person)),
  'taking a guess back': ({ store }, person) =>
    store.verifications.refundAttempt(attempt(person), [person.signIn.id]),
  'counting a try at the number': ({ store }, { signIn }) => store.approvals.countMatch(signIn.linkHash, [1]),
  'finding or creating the user of a claim': ({ store }, { claim }) =>
    store.identities.findOrCreate(claimOf(claim)),
  'asking again where nobody signed up': ({ store }, { email }) =>
    store.signUps.repeat({ value: email, valueKey: email, previousFlowHash: null }, verification('email')),
  sweeping: ({ store }) =>
    store.sweep({ dryRun: false, claimsAfterMs: 0, audit: { keepMs: 400 * day, keepPersonalMs: 0 } }),
  'sweeping where sessions are on Redis': ({ elsewhere }) =>
    elsewhere.sweep({ dryRun: false, claimsAfterMs: 0, audit: { keepMs: 400 * day, keepPersonalMs: 0 } }),
  'opening a session on Redis': ({ ledger }, { userId, browser }) => ledger.admit(session(userId, browser)),
  'opening a session on Redis with a proof': ({ ledger }, { userId, browser, signIn }) =>
    ledger.admit({ ...session(userId, browser), proof: signIn.id }),
  'taking a session on Redis back': ({ ledger }, { signIn, sessions }) =>
    ledger.release(signIn.id, sessions[0]?.id ?? ''),
  'leasing messages': ({ outbox }) =>
    outbox.lease({ email: { secrets: 16, notices: 16 }, phone: { secrets: 16, notices: 16 } }, day),
  'discarding messages': ({ outbox }) => outbox.discard(100),
  'settling a message': ({ outbox }, { signIn }) =>
    outbox.settle({ id: signIn.messageId, lease: 1 }, { state: 'delivered' }),
  'settling a message that is tried again': ({ outbox }, { recovery }) =>
    outbox.settle({ id: recovery.messageId, lease: 1 }, { state: 'retry', afterMs: 1, error: 'busy' }),
  'retrying a message': ({ outbox }, { change }) => outbox.retry(change.messageId),
  'charging limits': ({ limits }, person) => limits.take(allCharges(person)),
  'charging limits in the opposite order': ({ limits }, person) =>
    limits.take([...allCharges(person)].reverse()),
  'charging limits, and paying a toll': ({ limits }, person) =>
    limits.take(
      [
        ...strangers(person),
        { name: 't' as LimitName, subject: person.email, max: 0, windowMs: day, beyond: 'toll' },
      ],
      {
        payment: payment(person),
      },
    ),
  'charging networks': ({ limits }, person) =>
    limits.admit(networks(person), {
      browser: person.browser,
      address: { type: 'email', valueKey: person.email },
    }),
  'giving charges back': ({ limits }, person) => limits.refund(allCharges(person)),
  'undoing charges': ({ limits }, person) => limits.undo(allCharges(person), person.userId),
  'missing a password': ({ limits }, person) =>
    limits.miss({ limits: strangers(person), browser: null, userId: null }),
  'missing a password in a known browser': ({ limits }, person) =>
    limits.miss({ limits: allCharges(person), browser: person.browser, userId: person.userId }),
  'reaching a limit': ({ limits }) => limits.reached('messageGlobal'),
  'closing a password': ({ limits }, { userId }) => limits.closed(userId),
}

/** All of them. What removes rows for others comes last, so that it finds the others at work. */
export const operations: Readonly<Record<string, Operation>> = { ...alone, ...transactable }
