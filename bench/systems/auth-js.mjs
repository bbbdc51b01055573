// Auth.js with sessions in the database. A session check is what its `auth()` runs: a request for
// `/auth/session`. With such sessions it has no passwords, and it has no codes.
import { Auth, skipCSRFCheck } from '@auth/core'
import PostgresAdapter from '@auth/pg-adapter'
import { serve } from '@hono/node-server'
import { execute } from '../postgres.mjs'
import {
  addressCount,
  askedNumbers,
  hexOf,
  peopleCount,
  secret,
  sessionCount,
  sessionsPerUser,
  wander,
  wanderAddresses,
} from '../seed.mjs'
import { openPool } from './pool.mjs'

const origin = 'http://127.0.0.1:3000'
const personOf = (n) => `person-${n}@example.com`

/** Creates the tables of its documentation and fills them. */
export async function prepare({ url, seed }) {
  const users = sessionCount / sessionsPerUser
  await execute(
    url,
    `create table verification_token (identifier text not null, expires timestamptz not null, token text not null,
       primary key (identifier, token))`,
    `create table accounts (id serial primary key, "userId" integer not null, type varchar(255) not null,
       provider varchar(255) not null, "providerAccountId" varchar(255) not null, refresh_token text,
       access_token text, expires_at bigint, id_token text, scope text, session_state text, token_type text)`,
    `create table sessions (id serial primary key, "userId" integer not null, expires timestamptz not null,
       "sessionToken" varchar(255) not null)`,
    'create table users (id serial primary key, name varchar(255), email varchar(255), "emailVerified" timestamptz, image text)',
    // Its documentation creates only the keys; without these indexes each check would read the whole table.
    'create unique index on sessions ("sessionToken")',
    'create unique index on users (email)',
    `insert into users (name, email, "emailVerified") select 'Person ' || n, 'someone-' || n || '@example.com', now()
     from generate_series(1, ${addressCount}) n`,
    `insert into users (name, email, "emailVerified") select 'Person ' || n, 'person-' || n || '@example.com', now()
     from generate_series(0, ${peopleCount - 1}) n`,
    `insert into sessions ("userId", expires, "sessionToken")
     select 1 + n % ${users}, now() + interval '30 days', md5('${seed}:token:' || n) from generate_series(1, ${sessionCount}) n`,
    'vacuum analyze',
  )
}

/** Opens it. */
export async function open({ url, seed }) {
  const pool = openPool(url)
  const links = new Map()
  const config = {
    adapter: PostgresAdapter(pool),
    session: { strategy: 'database' },
    secret,
    trustHost: true,
    basePath: '/auth',
    skipCSRFCheck,
    providers: [
      {
        id: 'email',
        type: 'email',
        name: 'Email',
        from: 'bench@example.com',
        maxAge: 900,
        options: {},
        sendVerificationRequest: ({ identifier, url: link }) => void links.set(identifier, link),
      },
    ],
  }
  const cookies = askedNumbers(sessionCount).map((n) => `authjs.session-token=${hexOf(seed, 'token', n)}`)
  const next = wander(cookies)
  const address = wanderAddresses()

  async function enterByLink(email) {
    const body = new URLSearchParams({ email })
    await Auth(new Request(`${origin}/auth/signin/email`, { method: 'POST', body }), config)
    const response = await Auth(new Request(links.get(email)), config)
    if (!response.headers.getSetCookie().some((line) => line.startsWith('authjs.session-token=')))
      throw new Error('The link opened no session.')
  }

  return {
    operations: {
      async session() {
        const response = await Auth(
          new Request(`${origin}/auth/session`, { headers: { cookie: next() } }),
          config,
        )
        const found = await response.json()
        if (found === null) throw new Error('There was no session.')
      },
      link: (lane) => enterByLink(personOf(lane % peopleCount)),
      entry: () => enterByLink(address()),
    },
    async listen() {
      const server = await new Promise((resolve) => {
        const started = serve(
          { fetch: (request) => Auth(request, config), port: 0, hostname: '127.0.0.1' },
          () => resolve(started),
        )
      })
      return { port: server.address().port, path: '/auth/session', cookies }
    },
    close: () => pool.end(),
  }
}
