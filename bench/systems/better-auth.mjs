// better-auth on a pool of `pg`: its default configuration, or with its cookie cache.
import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import { betterAuth } from 'better-auth'
import { hashPassword } from 'better-auth/crypto'
import { getMigrations } from 'better-auth/db/migration'
import { toNodeHandler } from 'better-auth/node'
import { emailOTP, magicLink } from 'better-auth/plugins'
import { execute } from '../postgres.mjs'
import {
  addressCount,
  askedNumbers,
  hexOf,
  password,
  peopleCount,
  secret,
  sessionCount,
  sessionsPerUser,
  wander,
  wanderAddresses,
} from '../seed.mjs'
import { openPool, poolSize } from './pool.mjs'

const personOf = (n) => `person-${n}@example.com`

function configure(pool, { session, plugins = [] } = {}) {
  return {
    database: pool,
    secret,
    baseURL: 'http://127.0.0.1:3000',
    emailAndPassword: { enabled: true },
    // It is on by default only in production, and the HTTP suite would then measure only this limit.
    rateLimit: { enabled: false },
    logger: { disabled: true },
    ...(session !== undefined && { session }),
    plugins,
  }
}

/** Creates its tables and fills them. */
export async function prepare({ url, seed }) {
  const pool = openPool(url)
  const { runMigrations } = await getMigrations(configure(pool))
  await runMigrations()
  await pool.end()
  const hashed = await hashPassword(password)
  const users = sessionCount / sessionsPerUser
  await execute(
    url,
    `insert into "user" (id, name, email, "emailVerified", "createdAt", "updatedAt")
     select md5('${seed}:user:' || n), 'Person ' || n, 'someone-' || n || '@example.com', true, now(), now() from generate_series(1, ${addressCount}) n`,
    `insert into "user" (id, name, email, "emailVerified", "createdAt", "updatedAt")
     select 'person-' || n, 'Person ' || n, 'person-' || n || '@example.com', true, now(), now() from generate_series(0, ${peopleCount - 1}) n`,
    `insert into account (id, "accountId", "providerId", "userId", password, "createdAt", "updatedAt")
     select 'account-' || n, 'person-' || n, 'credential', 'person-' || n, '${hashed}', now(), now() from generate_series(0, ${peopleCount - 1}) n`,
    `insert into session (id, token, "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent")
     select md5('${seed}:session:' || n), md5('${seed}:token:' || n), md5('${seed}:user:' || (1 + n % ${users})),
       now() + interval '7 days', now(), now(), '', '' from generate_series(1, ${sessionCount}) n`,
    'vacuum analyze',
  )
}

const signed = (token) => `${token}.${createHmac('sha256', secret).update(token).digest('base64')}`

// With the cookie cache, a browser carries a second cookie, which the first check without it creates.
async function cookiesOf(auth, tokens, cached) {
  const cookies = tokens.map((token) => `better-auth.session_token=${encodeURIComponent(signed(token))}`)
  if (!cached) return cookies
  const whole = []
  // As many at once as there are connections. Checks that wait too long for one are answered as if signed
  // out.
  for (let from = 0; from < cookies.length; from += poolSize) {
    const some = cookies.slice(from, from + poolSize).map((cookie) => withCache(auth, cookie))
    whole.push(...(await Promise.all(some)))
  }
  return whole
}

async function withCache(auth, cookie) {
  const response = await auth.api.getSession({ headers: new Headers({ cookie }), asResponse: true })
  const given = response.headers.getSetCookie().map((line) => line.split(';')[0])
  const data = given.find((line) => line.startsWith('better-auth.session_data'))
  if (data === undefined) throw new Error('The cookie cache made no cookie.')
  return `${cookie}; ${data}`
}

/** Opens it with these session options. */
export function openWith(session) {
  return async ({ url, seed }) => {
    const pool = openPool(url)
    const auth = betterAuth(configure(pool, { session }))
    const told = new Map()
    const tell = ({ email, token, otp }) => void told.set(email, token ?? otp)
    const plugins = [magicLink({ sendMagicLink: tell }), emailOTP({ sendVerificationOTP: tell })]
    const passwordless = betterAuth(configure(pool, { session, plugins }))
    const tokens = askedNumbers(sessionCount).map((n) => hexOf(seed, 'token', n))
    const cookies = await cookiesOf(auth, tokens, session !== undefined)
    const next = wander(cookies.map((cookie) => new Headers({ cookie })))
    const headers = new Headers()
    const address = wanderAddresses()
    let signedUp = 0

    async function enterByCode(email) {
      await passwordless.api.sendVerificationOTP({ body: { email, type: 'sign-in' }, headers })
      await passwordless.api.signInEmailOTP({ body: { email, otp: told.get(email) }, headers })
    }

    return {
      operations: {
        async session() {
          const found = await auth.api.getSession({ headers: next() })
          if (found === null) throw new Error('There was no session.')
        },
        async signUp() {
          const email = `new-${process.pid}-${++signedUp}@example.com`
          await auth.api.signUpEmail({ body: { email, password, name: 'Person' }, headers })
        },
        async signIn(lane) {
          await auth.api.signInEmail({ body: { email: personOf(lane % peopleCount), password }, headers })
        },
        async link(lane) {
          const email = personOf(lane % peopleCount)
          await passwordless.api.signInMagicLink({ body: { email }, headers })
          await passwordless.api.magicLinkVerify({ query: { token: told.get(email) }, headers })
        },
        code: (lane) => enterByCode(personOf(lane % peopleCount)),
        entry: () => enterByCode(address()),
      },
      async listen() {
        const server = createServer(toNodeHandler(auth))
        await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
        return { port: server.address().port, path: '/api/auth/get-session', cookies }
      },
      close: () => pool.end(),
    }
  }
}
