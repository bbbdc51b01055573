/**
 * One order of locks: each statement that writes is run against each other one on the same user, side by side and twice in
 * one transaction, and PostgreSQL finds no deadlock. A retry would hide one, so the server's own count is what decides.
 */

import { randomBytes, randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { silentLogger } from '../../src/base/index.js'
import type { NewVerification, Store, VerificationType } from '../../src/core/index.js'
import type { Database, Row } from '../../src/store/index.js'
import { migrate, openPostgres, prepareStore } from '../../src/store/index.js'
import type { PostgresServer } from '../harness/postgres.js'
import { startPostgres } from '../harness/postgres.js'

const day = 86_400_000
const schema = 'latchkey'
const rounds = Number(process.env['LATCHKEY_LOCK_ROUNDS'] ?? 2)

/** A user with something of everything. */
interface Person {
  readonly userId: string
  readonly email: string
  readonly identityId: string
  readonly claimId: string
  readonly claim: string
  readonly sessions: readonly { readonly id: string; readonly secretHash: Uint8Array }[]
  readonly signIn: NewVerification
  readonly change: NewVerification
  readonly recovery: NewVerification
}

type Operation = (store: Store, person: Person) => Promise<unknown>

const flowHash = randomBytes(32)

function verification(type: VerificationType): NewVerification {
  return {
    id: randomUUID(),
    type,
    flowHash,
    linkHash: randomBytes(32),
    codeMacs: randomBytes(96),
    codeLengths: { digits: [6, 8, 10], lengthenAfter: [5, 10] },
    keyVersion: 1,
    linkLifetimeMs: day,
    codeLifetimeMs: day,
    messageId: randomUUID(),
    sealed: randomBytes(40),
    ip: null,
    userAgent: null,
    knownBrowser: null,
  }
}

const session = (userId: string) => ({
  id: randomUUID(),
  secretHash: randomBytes(32),
  userId,
  ip: null,
  userAgent: null,
  methods: [],
  authenticatedAt: null,
  proof: null,
  browserHash: flowHash,
})

const redeem =
  (
    type: VerificationType,
    key: 'signIn' | 'change' | 'recovery',
    options: { newPassword?: string; holder?: Uint8Array } = {},
  ): Operation =>
  (store, person) =>
    store.verifications.redeem(
      type,
      { kind: 'link', linkHash: person[key].linkHash, flowHash },
      { newPassword: null, holder: null, ...options },
    )

const attempt = (person: Person) => ({
  type: 'sign_in' as const,
  valueKey: person.email,
  flowHash,
  keyVersions: [1],
  knownBrowser: null,
  mostMisses: null,
})

const operations: Readonly<Record<string, Operation>> = {
  'asking for a sign-in': (store, { identityId }) =>
    store.verifications.issue(identityId, verification('sign_in')),
  'asking to change the address': (store, { claimId }) =>
    store.verifications.issue(claimId, verification('email_change')),
  'asking for a recovery': (store, { email }) =>
    store.verifications.issueRecovery({ value: email, valueKey: email }, verification('recovery')),
  'asking for a sign-in by address': (store, { email }) =>
    store.signIns.request(
      { userId: randomUUID(), identityId: randomUUID(), type: 'email', value: email, valueKey: email },
      verification('sign_in'),
    ),
  'signing up at the address': (store, { email }) =>
    store.signUps.create(
      { userId: randomUUID(), identityId: randomUUID(), type: 'email', value: email, valueKey: email },
      'hash',
      verification('email'),
    ),
  'redeeming a sign-in': redeem('sign_in', 'signIn'),
  'redeeming a sign-in that is kept': redeem('sign_in', 'signIn', { holder: flowHash }),
  'redeeming a change': redeem('email_change', 'change'),
  'redeeming a recovery': redeem('recovery', 'recovery', { newPassword: 'renewed' }),
  'counting a guess': (store, person) => store.verifications.countAttempt(attempt(person)),
  'taking a guess back': (store, person) =>
    store.verifications.refundAttempt(attempt(person), [person.signIn.id]),
  'counting a try at the number': (store, { signIn }) => store.approvals.countMatch(signIn.linkHash, [1]),
  'approving a sign-in': (store, { signIn }) => store.approvals.approve(signIn.id),
  'confirming a password': (store, { userId }) =>
    store.passwords.confirm({ userId, hash: 'hash', rehashed: null }),
  'rehashing a password': (store, { userId }) =>
    store.passwords.confirm({ userId, hash: 'hash', rehashed: 'hash' }),
  'setting a password': (store, { userId }) =>
    store.passwords.set({ userId, hash: 'hash', replacing: null, keep: null }),
  'changing a password': (store, { userId, sessions }) =>
    store.passwords.set({ userId, hash: 'hash', replacing: 'hash', keep: sessions[0]?.id ?? null }),
  'opening a session': (store, { userId }) => store.sessions.create(session(userId)),
  'opening a session with a proof': (store, { userId, signIn }) =>
    store.sessions.create({ ...session(userId), proof: signIn.id }),
  'settling a proof': (store, { signIn }) => store.verifications.settle(signIn.id),
  'extending a session': (store, { sessions }) => store.sessions.touch(sessions[0]?.id ?? ''),
  'ending a session by its token': (store, { sessions: [, second] }) =>
    store.sessions.revokeByToken(second?.id ?? '', second?.secretHash ?? new Uint8Array()),
  'ending a session': (store, { userId, sessions }) => store.sessions.revoke(userId, sessions[0]?.id ?? ''),
  'ending all sessions': (store, { userId, sessions }) =>
    store.sessions.revokeAll(userId, sessions[0]?.id ?? null),
  'adding an address': (store, { userId }) => {
    const value = `${randomUUID()}@example.com`
    return store.identities.add({ userId, identityId: randomUUID(), type: 'email', value, valueKey: value })
  },
  'removing an address': (store, { userId, claimId }) => store.identities.remove(userId, claimId),
  'changing the profile': (store, { userId }) => store.users.updateProfile(userId, { name: 'Another' }),
  'changing private metadata': (store, { userId }) =>
    store.users.patchPrivateMetadata(userId, { clear: false, set: { a: 1 }, remove: [] }),
  'disabling the user': (store, { userId }) => store.users.disable(userId),
  'enabling the user': (store, { userId }) => store.users.enable(userId),
  'deleting the user': (store, { userId }) => store.users.delete(userId),
  sweeping: (store) =>
    store.sweep({ dryRun: false, claimsAfterMs: 0, audit: { keepMs: null, keepPersonalMs: 0 } }),
}

// What is refused in a caller's transaction, by `accounts` itself, because it would not be committed at once.
const neverInTransactions = new Set([
  'counting a guess',
  'taking a guess back',
  'counting a try at the number',
])

describe('the order of locks', () => {
  let server: PostgresServer
  let database: Database
  let pool: pg.Pool
  let store: Store
  let people = 0
  const bind = prepareStore({
    schema,
    session: { idleMs: day, absoluteMs: day, renewEveryMs: 0, maxPerUser: 3 },
    guesses: { maxAttempts: 5 },
    sessionsElsewhere: false,
    logger: silentLogger,
  })

  beforeAll(async () => {
    server = await startPostgres({ deadlock_timeout: "'10ms'" })
    const url = await server.createDatabase()
    database = await openPostgres(url)
    await migrate(database, schema)
    const watched: Database = {
      ...database,
      query: (statement) => database.query(statement).catch(observe),
      transaction: (work) =>
        database.transaction((tx) =>
          work({ ...tx, query: (statement) => tx.query(statement).catch(observe) }),
        ),
    }
    store = bind(watched, { inTransaction: false })
    pool = new pg.Pool({ connectionString: url, max: 4 })
  })
  afterAll(async () => {
    await server.destroy()
  })

  async function countedByServer(): Promise<number> {
    const client = new pg.Client({ connectionString: server.url })
    await client.connect()
    const { rows } = await client.query<{ deadlocks: number }>(
      'select sum(deadlocks)::integer as deadlocks from pg_stat_database',
    )
    await client.end()
    return rows[0]?.deadlocks ?? 0
  }

  async function newPerson(): Promise<Person> {
    const [userId, identityId, claimId] = [randomUUID(), randomUUID(), randomUUID()]
    const email = `person-${++people}@example.com`
    const claim = `other-${people}@example.com`
    const of = (id: string, value: string, verified: boolean) => ({
      id,
      type: 'email',
      value,
      valueKey: value,
      verified,
    })
    await store.users.import({
      userId,
      name: null,
      username: null,
      metadata: {},
      passwordHash: 'hash',
      identities: [of(identityId, email, true)],
    })
    await store.identities.add({ userId, identityId: claimId, type: 'email', value: claim, valueKey: claim })
    const sessions = [session(userId), session(userId)]
    for (const each of sessions) await store.sessions.create(each)
    const person: Person = {
      userId,
      email,
      identityId,
      claimId,
      claim,
      sessions,
      signIn: verification('sign_in'),
      change: verification('email_change'),
      recovery: verification('recovery'),
    }
    await store.verifications.issue(identityId, person.signIn)
    await store.verifications.issue(claimId, person.change)
    await store.verifications.issueRecovery({ value: email, valueKey: email }, person.recovery)
    return person
  }

  // What a statement met, before anything tries it again.
  const victims: unknown[] = []
  function observe(error: unknown): never {
    if ((error as { code?: unknown }).code === '40P01') victims.push(error)
    throw error
  }

  const pairs = Object.keys(operations).flatMap((one, index) =>
    Object.keys(operations)
      .slice(index)
      .map((other) => [one, other] as const),
  )

  // Holds the user's row, or rows below it, until all wait.
  async function sideBySide(person: Person, works: readonly (() => Promise<unknown>)[]): Promise<void> {
    const gate = await pool.connect()
    await gate.query('begin')
    await gate.query(`select from ${schema}.users where id = $1 for update`, [person.userId])
    const running = works.map((work) => work().catch(() => undefined))
    await gate.query('select pg_sleep(0.002)')
    await gate.query('commit')
    gate.release()
    await Promise.all(running)
  }

  it(
    `keeps ${pairs.length} pairs of operations from waiting for each other`,
    { timeout: 600_000 },
    async () => {
      const guilty: string[] = []
      for (const [one, other] of pairs) {
        const already = victims.length
        for (let round = 0; round < rounds; round++) {
          const person = await newPerson()
          const run = (name: string) => () => (operations[name] as Operation)(store, person)
          await sideBySide(person, [run(one), run(other), run(one), run(other)])
        }
        if (victims.length > already) guilty.push(`${one} / ${other}`)
      }
      expect(guilty).toEqual([])
    },
  )

  it(
    'keeps two calls in each of two transactions from waiting for each other',
    { timeout: 600_000 },
    async () => {
      const names = Object.keys(operations).filter((name) => !neverInTransactions.has(name))
      const guilty: string[] = []
      async function both(person: Person, calls: readonly string[]): Promise<void> {
        const client = await pool.connect()
        try {
          await client.query('begin')
          const within = bind(
            { query: (statement) => client.query<Row>(statement as pg.QueryConfig).catch(observe) },
            { inTransaction: true },
          )
          for (const name of calls) await (operations[name] as Operation)(within, person)
          await client.query('commit')
        } catch {
          // The user may be gone, or a claim be taken: that is for others to judge.
          await client.query('rollback')
        } finally {
          client.release()
        }
      }
      for (const one of names) {
        for (const other of names) {
          const already = victims.length
          const person = await newPerson()
          await Promise.all([both(person, [one, other]), both(person, [other, one])])
          if (victims.length > already) guilty.push(`${one}, ${other}`)
        }
      }
      expect(guilty).toEqual([])
    },
  )

  it('is what the server says too: it counted the one deadlock that is planted here, and no other', async () => {
    expect(victims).toEqual([])
    const [person, other] = [await newPerson(), await newPerson()]
    const held = [await pool.connect(), await pool.connect()] as const
    const lock = (client: pg.PoolClient, { userId }: Person) =>
      client.query(`select from ${schema}.users where id = $1 for update`, [userId])
    for (const client of held) await client.query('begin')
    await lock(held[0], person)
    await lock(held[1], other)
    const second = [lock(held[0], other), lock(held[1], person)] as const
    await Promise.all(
      second.map((waiting, index) => waiting.catch(observe).catch(() => held[index]?.query('rollback'))),
    )
    expect(victims).toHaveLength(1)
    // A connection that ends has written its part of the statistics.
    for (const client of held) client.release(true)
    await database.close()
    await pool.end()
    await expect.poll(countedByServer, { timeout: 10_000 }).toBe(1)
  })
})
