// The floors: the minimum that `pg`, argon2id and Hono need for an operation, on the tables of latchkey.
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { serve } from '@hono/node-server'
import { hash, verify } from '@node-rs/argon2'
import { Hono } from 'hono'
import { askedFor, askedNumbers, latchkeyRow, password, peopleCount, sessionCount, wander } from '../seed.mjs'
import { openPool } from './pool.mjs'

const sessionJoin = `select u.id, u.name, u.username, u.metadata, u.anonymous, u.disabled_at, u.created_at, u.updated_at
  from latchkey.sessions s join latchkey.users u on u.id = s.user_id
  where s.id = $1 and s.secret_hash = $2 and s.idle_expires_at > now() and s.expires_at > now()`

const issue = `with request as (
    insert into latchkey.verifications (id, user_id, identity_id, type, value, value_key, link_hash, code_mac, key_version,
      expires_at, code_expires_at, created_at)
    values ($1, $2, $3, 'sign_in', $4, $4, $5, $6, 1, now() + interval '15 minutes', now() + interval '10 minutes', now())
    on conflict (user_id, type, value_key, flow_hash) do update
      set id = excluded.id, link_hash = excluded.link_hash, code_mac = excluded.code_mac
    returning id
  )
  insert into latchkey.outbox (id, user_id, event, to_type, to_value, sealed, due_at, created_at)
  select $7, $2, 'sign_in', 'email', $4, $6, now() + interval '1 day', now() from request`

const redeem = `with spent as (delete from latchkey.verifications where link_hash = $1 and expires_at > now() returning *)
  select u.*, i.id as identity_id from spent join latchkey.users u on u.id = spent.user_id
  join latchkey.identities i on i.id = spent.identity_id`

const hashing = { memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 }

/**
 * One join for a check, two statements for a link or code, one hash for a password. The statements are named
 * `name`…, or unnamed.
 */
export function openRaw(name) {
  return async ({ url, seed }) => {
    const pool = openPool(url)
    const next = wander(askedNumbers(sessionCount).map((n) => latchkeyRow(seed, n)))
    const { rows: people } = await pool.query(
      `select id, user_id, value from latchkey.identities where value like 'person-%' order by value limit ${peopleCount}`,
    )
    const { rows: many } = await pool.query(
      `select id, user_id, value from latchkey.identities where value like 'someone-%' order by id limit ${askedFor}`,
    )
    const nextOfMany = wander(many)
    const stored = await hash(password, hashing)
    const query = (suffix, text, values) =>
      pool.query(name === undefined ? { text, values } : { name: `${name}_${suffix}`, text, values })

    async function life(person) {
      const link = createHash('sha256').update(randomBytes(32)).digest()
      const values = [
        randomUUID(),
        person.user_id,
        person.id,
        person.value,
        link,
        randomBytes(32),
        randomUUID(),
      ]
      await query('issue', issue, values)
      await query('redeem', redeem, [link])
    }

    return {
      operations: {
        async session() {
          const { rows } = await query('join', sessionJoin, next())
          if (rows.length !== 1) throw new Error('The join found no session.')
        },
        signUp: () => hash(password, hashing),
        signIn: () => verify(stored, password, hashing),
        authenticate: () => verify(stored, password, hashing),
        link: (lane) => life(people[lane % peopleCount]),
        redeem: (lane) => life(people[lane % peopleCount]),
        code: (lane) => life(people[lane % peopleCount]),
        entry: () => life(nextOfMany()),
      },
      close: () => pool.end(),
    }
  }
}

const passwordJoin = `select u.*, p.hash, i.id as identity_id from latchkey.identities i
  join latchkey.users u on u.id = i.user_id join latchkey.passwords p on p.user_id = u.id
  where i.type = 'email' and i.value_key = $1 and i.verified_at is not null`

const passwordStands = `select from latchkey.passwords p join latchkey.users u on u.id = p.user_id
  where p.user_id = $1 and p.hash = $2 and u.disabled_at is null`

/** One lookup before the hash, and one after. */
export function openHashBetween({ url }) {
  const pool = openPool(url)
  return {
    operations: {
      async authenticate(lane) {
        const values = [`person-${lane % peopleCount}@example.com`]
        const { rows } = await pool.query({ name: 'password_join', text: passwordJoin, values })
        const [{ id, hash: stored }] = rows
        if (!(await verify(stored, password, hashing))) throw new Error('The password was refused.')
        await pool.query({ name: 'password_stands', text: passwordStands, values: [id, stored] })
      },
    },
    close: () => pool.end(),
  }
}

// The response of a session check, with made-up data.
const constant = {
  user: {
    id: '00000000-0000-4000-8000-000000000001',
    name: 'Person 1',
    username: null,
    metadata: {},
    anonymous: false,
    disabledAt: null,
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
  },
  session: {
    id: '00000000-0000-4000-8000-000000000002',
    userId: '00000000-0000-4000-8000-000000000001',
    authenticatedAt: '2026-01-01T00:00:00.000Z',
    seenAt: '2026-01-01T00:00:00.000Z',
    idleExpiresAt: '2026-01-15T00:00:00.000Z',
    expiresAt: '2026-04-01T00:00:00.000Z',
    methods: ['password'],
    ip: null,
    userAgent: null,
    createdAt: '2026-01-01T00:00:00.000Z',
  },
}

/** A Hono route that returns a constant response of the same shape, without a lookup. */
export async function openConstant() {
  const app = new Hono()
  app.get('/constant', (c) => c.json(constant))
  return {
    operations: {},
    async listen() {
      const server = await new Promise((resolve) => {
        const started = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, () => resolve(started))
      })
      return { port: server.address().port, path: '/constant', cookies: [''] }
    },
    close: () => Promise.resolve(),
  }
}
