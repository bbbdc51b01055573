// Latchkey as a host opens it, without its outbox worker, since nobody reads the mail of a benchmark. Secrets
// are read from the sealed payload in the outbox.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { getRequestListener } from '@hono/node-server'
import { hash } from '@node-rs/argon2'
import { execute } from '../postgres.mjs'
import {
  addressCount,
  askedNumbers,
  latchkeyAddresses,
  latchkeySessions,
  latchkeyToken,
  latchkeyUsers,
  password,
  peopleCount,
  secret,
  sessionCount,
  sessionsPerUser,
  wander,
  wanderAddresses,
} from '../seed.mjs'

// This checkout, or an older one that is measured against it by the same code.
const root = pathToFileURL(`${process.env.LATCHKEY_CHECKOUT ?? join(import.meta.dirname, '../..')}/`)
const engine = await import(new URL('dist/index.js', root))
const { openPostgres } = await import(new URL('dist/store/postgres.js', root))
const { createSecrets } = await import(new URL('dist/secrets/index.js', root))

// The storm comes from many addresses, as behind a proxy.
const quiet = { trustedProxies: 1, secret, outbox: { worker: false }, sweep: { every: false } }
const personOf = (n) => `person-${n}@example.com`

/** Migrates and fills the tables. */
export async function prepare({ url, seed }) {
  const auth = await engine.createAuth({ ...quiet, database: url, migrate: true })
  const passwordHash = await hash(password, { memoryCost: 19_456, timeCost: 2, parallelism: 1 })
  for (let n = 0; n < peopleCount; n++)
    await auth.accounts.importUser({ email: personOf(n), verified: true, passwordHash })
  await auth.close()
  const users = sessionCount / sessionsPerUser
  await execute(
    url,
    latchkeyUsers(seed, 1, addressCount),
    latchkeyAddresses(seed, 1, addressCount),
    latchkeySessions(seed, { from: 1, to: sessionCount, users }),
    'vacuum analyze',
  )
}

// Hashes and MACs have 32 bytes. A sealed payload holds a token and a code, and its parameter comes after the
// id that it is bound to.
const isSealed = (value) => value instanceof Uint8Array && value.length > 32

// Opens each payload when it is queued, and stores it by its identity.
function watch(database) {
  const reader = createSecrets({ secrets: [secret], codeLengths: [6] })
  const sealedFor = new Map()
  const query = (statement) => {
    if (statement.name?.includes('verification_issue') === true) {
      const { values } = statement
      const sealed = values.findLastIndex(
        (value, index) => isSealed(value) && typeof values[index - 1] === 'string',
      )
      sealedFor.set(values[0], reader.unseal(values[sealed - 1], values[sealed]))
    }
    return database.query(statement)
  }
  return { watched: { ...database, query }, secretsOf: (identity) => sealedFor.get(identity.id) }
}

// The messages that a sender gets, by address; it wakes a waiting task.
function postOffice() {
  const waiting = new Map()
  return {
    sender: {
      deliver(message) {
        waiting.get(message.to.value)?.(message)
        waiting.delete(message.to.value)
        return Promise.resolve()
      },
    },
    next: (address) => new Promise((resolve) => waiting.set(address, resolve)),
  }
}

/** From an address to a session by a code, as a host's own code does it; the worker delivers the message. */
async function openEntry(options) {
  const { sender, next } = postOffice()
  const auth = await engine.createAuth({ ...options, sender, outbox: { worker: true } })
  const address = wanderAddresses()
  return {
    async entry() {
      const email = address()
      const delivered = next(email)
      const { user, identity } = await auth.accounts.findOrCreateEmailIdentity(email)
      await auth.accounts.issueIdentityVerification(identity, 'sign_in')
      const { code } = await delivered
      await auth.accounts.verifyMagicCode(code, 'sign_in', email)
      await auth.accounts.generateUserSessionToken(user)
    },
    close: () => auth.close(),
  }
}

async function listen(auth, baseUrl) {
  const { exports } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'))
  if (exports['./node'] !== undefined) {
    const { toNodeHandler } = await import(new URL(exports['./node'].default, root))
    return toNodeHandler(auth)
  }
  const { createApp } = await import(new URL('dist/http/index.js', root))
  const app = createApp(auth, {
    baseUrl,
    basePath: '/auth',
    development: false,
    newId: () => crypto.randomUUID(),
  })
  return getRequestListener(app)
}

/** Opens it with these options in addition to the quiet ones. */
export function openWith(options) {
  return async ({ url, seed }) => {
    const numbers = askedNumbers(sessionCount)
    const tokens = numbers.map((n) => latchkeyToken(seed, n))
    const next = wander(tokens)
    // The base URL contains the port, so the port is chosen first.
    const server = createServer((request, response) => handle(request, response))
    let handle = (_, response) => response.writeHead(503).end()
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
    const baseUrl = `http://127.0.0.1:${server.address().port}`

    const auth = await engine.createAuth({ ...quiet, ...options, baseUrl, database: url })
    const { watched, secretsOf } = watch(await openPostgres(url, { max: 10 }))
    const issuer = await engine.createAuth({ ...quiet, ...options, baseUrl, database: watched })
    // Opened when it is measured: its worker would deliver what the other operations issue, at their expense.
    let entry
    const openedEntry = () => (entry ??= openEntry({ ...quiet, ...options, baseUrl, database: url }))
    const people = []
    for (let n = 0; n < peopleCount; n++)
      people.push(await issuer.accounts.getVerifiedIdentity('email', personOf(n)))
    let signedUp = 0
    let signedIn = 0
    const crowded = new Set()

    async function issue(lane) {
      const { identity } = people[lane % peopleCount]
      await issuer.accounts.issueIdentityVerification(identity, 'sign_in')
      return { identity, ...secretsOf(identity) }
    }

    const authenticate = (lane) =>
      auth.accounts.authenticateWithPassword({ email: personOf(lane % peopleCount), password })

    async function redeem(lane) {
      const { token } = await issue(lane)
      return issuer.accounts.verifyMagicLink(token, 'sign_in')
    }

    return {
      operations: {
        async session() {
          const user = await auth.accounts.getUserBySessionToken(next())
          if (user === null) throw new Error('There was no session.')
        },
        async signUp() {
          const email = `new-${process.pid}-${++signedUp}@example.com`
          const { identity } = await auth.accounts.createUserWithPassword({ email, password })
          await auth.accounts.requestEmailVerification(identity)
        },
        authenticate,
        // Each time another person: one who signs in a hundred times would be at the maximum of sessions.
        async signIn() {
          const { user } = await authenticate(signedIn++)
          await auth.accounts.generateUserSessionToken(user)
        },
        // A person who has as many sessions as allowed, so that each sign-in ends the oldest.
        async signInAtMaximum(lane) {
          const { identity, user } = people[lane % peopleCount]
          if (!crowded.has(identity.id)) {
            crowded.add(identity.id)
            for (let n = 0; n < 100; n++) await auth.accounts.generateUserSessionToken(user)
          }
          await authenticate(lane)
          await auth.accounts.generateUserSessionToken(user)
        },
        redeem,
        async link(lane) {
          const { user } = await redeem(lane)
          await issuer.accounts.generateUserSessionToken(user)
        },
        entry: async () => (await openedEntry()).entry(),
        async code(lane) {
          const { code, identity } = await issue(lane)
          const { user } = await issuer.accounts.verifyMagicCode(code, 'sign_in', identity.value)
          await issuer.accounts.generateUserSessionToken(user)
        },
      },
      async listen() {
        handle = await listen(auth, baseUrl)
        return {
          port: server.address().port,
          path: '/auth/session',
          cookies: tokens.map((token) => `latchkey=${token}`),
          signIn: {
            path: '/auth/password/request',
            origin: baseUrl,
            emails: people.map((_, n) => personOf(n)),
            password,
          },
        }
      },
      async close() {
        server.close()
        server.closeAllConnections()
        await auth.close()
        await issuer.close()
        await (await entry)?.close()
      },
    }
  }
}
