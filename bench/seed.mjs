// The data that every system starts with: the same users and sessions, generated from one seed, so that a run
// can be repeated.
import { createHash } from 'node:crypto'

/** The number of sessions of each system, and of users that hold them. */
export const sessionCount = 100_000
export const sessionsPerUser = 10
/** The number of sessions that are checked, spread over all. */
export const askedFor = 2_000
/** The number of users with a verified address, to measure the whole way from an address to a session. */
export const addressCount = 100_000
/** The number of people who sign in and redeem; each concurrent lane has its own. */
export const peopleCount = 256
export const password = 'seven wooden lanterns drifting'
export const secret = 'a secret of the bench that opens nothing else'

const hash = (algorithm, text) => createHash(algorithm).update(text).digest()

/** The n-th name of a kind; SQL computes the same by `md5($seed || ':kind:' || n)`. */
export const hexOf = (seed, kind, n) => hash('md5', `${seed}:${kind}:${n}`).toString('hex')

/** The n-th session token of latchkey: 16 bytes of id and 32 of secret. */
export function latchkeyToken(seed, n) {
  const id = Buffer.from(hexOf(seed, 'session', n), 'hex')
  return Buffer.concat([id, hash('sha256', `${seed}:secret:${n}`)]).toString('base64url')
}

/** The same session as the parameters of a raw statement. */
export function latchkeyRow(seed, n) {
  const hex = hexOf(seed, 'session', n)
  return [hex, hash('sha256', hash('sha256', `${seed}:secret:${n}`))]
}

/** The numbers of the checked sessions, out of `total`. */
export function askedNumbers(total) {
  const step = Math.floor(total / askedFor) || 1
  return Array.from({ length: Math.min(askedFor, total) }, (_, index) => 1 + index * step)
}

/** Walks through a list in an order that defeats caches. */
export function wander(list) {
  let turn = 0
  return () => list[(turn = (turn + 7919) % list.length)]
}

/** The address of the n-th of these users. */
export const addressOf = (n) => `someone-${n}@example.com`

/** Walks through these addresses in an order that defeats caches and differs for each process. */
export function wanderAddresses() {
  let turn = process.pid
  return () => addressOf(1 + ((turn += 7919) % addressCount))
}

const uuid = (seed, kind, n) => `md5('${seed}:${kind}:' || ${n})::uuid`

/** SQL that inserts users of latchkey with the numbers `from` to `to`. */
export const latchkeyUsers = (seed, from, to) =>
  `insert into latchkey.users (id, name, created_at, updated_at)
   select ${uuid(seed, 'user', 'n')}, 'Person ' || n, now(), now() from generate_series(${from}, ${to}) n`

/** SQL that inserts a verified address for these users of latchkey. */
export const latchkeyAddresses = (seed, from, to) =>
  `insert into latchkey.identities (id, user_id, type, value, value_key, passwordless, verified_at, created_at, updated_at)
   select ${uuid(seed, 'identity', 'n')}, ${uuid(seed, 'user', 'n')}, 'email', 'someone-' || n || '@example.com',
     'someone-' || n || '@example.com', false, now(), now(), now() from generate_series(${from}, ${to}) n`

/** SQL that inserts sessions of latchkey with the numbers `from` to `to`, shared among `users` users. */
export const latchkeySessions = (seed, { from, to, users }) =>
  `insert into latchkey.sessions (id, user_id, secret_hash, authenticated_at, valid_since, seen_at, idle_expires_at,
     expires_at, methods, created_at)
   select ${uuid(seed, 'session', 'n')}, ${uuid(seed, 'user', `(1 + n % ${users})`)},
     sha256(sha256(convert_to('${seed}:secret:' || n, 'UTF8'))), now(), now(), now(), now() + interval '14 days',
     now() + interval '90 days', '{password}', now()
   from generate_series(${from}, ${to}) n`
