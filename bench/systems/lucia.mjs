// Lucia v3 with its adapter for `pg`. Sign-up and sign-in are the recipes of its documentation; it has no
// links or codes.
import { randomInt } from 'node:crypto'
import { serve } from '@hono/node-server'
import { NodePostgresAdapter } from '@lucia-auth/adapter-postgresql'
import { hash, verify } from '@node-rs/argon2'
import { Hono } from 'hono'
import { Lucia } from 'lucia'
import { execute } from '../postgres.mjs'
import {
  addressCount,
  askedNumbers,
  hexOf,
  password,
  peopleCount,
  sessionCount,
  sessionsPerUser,
  wander,
  wanderAddresses,
} from '../seed.mjs'
import { openPool } from './pool.mjs'

const hashing = { memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 }
const personOf = (n) => `person-${n}@example.com`

/** Creates the tables of its documentation and fills them. */
export async function prepare({ url, seed }) {
  const hashed = await hash(password, hashing)
  const users = sessionCount / sessionsPerUser
  await execute(
    url,
    'create table auth_user (id text primary key, email text unique, password_hash text)',
    `create table user_session (id text primary key, expires_at timestamptz not null,
       user_id text not null references auth_user (id))`,
    `create table email_verification_code (id serial primary key, code text not null, user_id text unique not null,
       email text not null, expires_at timestamptz not null)`,
    `insert into auth_user (id, email) select md5('${seed}:user:' || n), 'someone-' || n || '@example.com'
     from generate_series(1, ${addressCount}) n`,
    `insert into auth_user (id, email, password_hash)
     select 'person-' || n, 'person-' || n || '@example.com', '${hashed}' from generate_series(0, ${peopleCount - 1}) n`,
    `insert into user_session (id, expires_at, user_id)
     select md5('${seed}:token:' || n), now() + interval '30 days', md5('${seed}:user:' || (1 + n % ${users}))
     from generate_series(1, ${sessionCount}) n`,
    'vacuum analyze',
  )
}

/** Opens it. */
export async function open({ url, seed }) {
  const pool = openPool(url)
  const lucia = new Lucia(new NodePostgresAdapter(pool, { user: 'auth_user', session: 'user_session' }), {
    sessionCookie: { attributes: { secure: false } },
  })
  const tokens = askedNumbers(sessionCount).map((n) => hexOf(seed, 'token', n))
  const next = wander(tokens)
  const address = wanderAddresses()
  let signedUp = 0
  return {
    operations: {
      async session() {
        const { user } = await lucia.validateSession(next())
        if (user === null) throw new Error('There was no session.')
      },
      async signUp() {
        const id = `new-${process.pid}-${++signedUp}`
        const hashed = await hash(password, hashing)
        await pool.query('insert into auth_user (id, email, password_hash) values ($1, $2, $3)', [
          id,
          `${id}@example.com`,
          hashed,
        ])
        await lucia.createSession(id, {})
      },
      async signIn(lane) {
        const { rows } = await pool.query('select * from auth_user where email = $1', [
          personOf(lane % peopleCount),
        ])
        if (!(await verify(rows[0].password_hash, password, hashing)))
          throw new Error('The password was refused.')
        await lucia.createSession(rows[0].id, {})
      },
      // The recipe of its documentation for email codes; the code is passed on without a queue.
      async entry() {
        const email = address()
        const { rows } = await pool.query('select * from auth_user where email = $1', [email])
        const { id } = rows[0]
        const code = String(randomInt(1e8)).padStart(8, '0')
        await pool.query('delete from email_verification_code where user_id = $1', [id])
        await pool.query(
          `insert into email_verification_code (user_id, email, code, expires_at) values ($1, $2, $3, now() + interval '15 minutes')`,
          [id, email, code],
        )
        const found = await pool.query('select * from email_verification_code where user_id = $1', [id])
        if (found.rows[0].code !== code) throw new Error('The code was refused.')
        await pool.query('delete from email_verification_code where id = $1', [found.rows[0].id])
        await lucia.createSession(id, {})
      },
    },
    async listen() {
      const app = new Hono()
      app.get('/session', async (c) => {
        const id = lucia.readSessionCookie(c.req.header('cookie') ?? '')
        const found = id === null ? null : await lucia.validateSession(id)
        return found?.session ? c.json(found) : c.body(null, 401)
      })
      const server = await new Promise((resolve) => {
        const started = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, () => resolve(started))
      })
      const cookies = tokens.map((token) => `${lucia.sessionCookieName}=${token}`)
      return { port: server.address().port, path: '/session', cookies }
    },
    close: () => pool.end(),
  }
}
