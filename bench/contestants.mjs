// What is measured: an operation of latchkey beside the least that its database could do for it.
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'

const sessionJoin = `select u.id, u.name, u.username, u.metadata, u.anonymous, u.disabled_at, u.created_at, u.updated_at
  from latchkey.sessions s join latchkey.users u on u.id = s.user_id
  where s.id = $1 and s.secret_hash = $2 and s.idle_expires_at > now() and s.expires_at > now()`

const sha256 = (bytes) => createHash('sha256').update(bytes).digest()

/** A session check beside one raw named prepared join, fed with the same ids and hashes. */
export function sessionCheck({ auth, cached, pool, tokens }) {
  const raw = tokens.map((token) => {
    const bytes = Buffer.from(token, 'base64url')
    const hex = bytes.subarray(0, 16).toString('hex')
    const id = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join(
      '-',
    )
    return [id, sha256(bytes.subarray(16))]
  })
  let turn = 0
  const next = () => (turn = (turn + 7919) % tokens.length)
  return {
    'raw prepared join': () => pool.query({ name: 'raw_join', text: sessionJoin, values: raw[next()] }),
    getUserBySessionToken: () => auth.accounts.getUserBySessionToken(tokens[next()]),
    getSession: () => auth.accounts.getSession(tokens[next()]),
    'getUserBySessionToken from memory': () => cached.accounts.getUserBySessionToken(tokens[next()]),
    'raw unnamed join': () => pool.query({ text: sessionJoin, values: raw[next()] }),
  }
}

const rawIssue = `with request as (
    insert into latchkey.verifications (id, user_id, identity_id, type, value, value_key, link_hash, code_mac, key_version,
      expires_at, code_expires_at, created_at)
    values ($1, $2, $3, 'sign_in', $4, $4, $5, $6, 1, now() + interval '15 minutes', now() + interval '10 minutes', now())
    on conflict (user_id, type, value_key, flow_hash) do update
      set id = excluded.id, link_hash = excluded.link_hash, code_mac = excluded.code_mac
    returning id
  )
  insert into latchkey.outbox (id, user_id, event, to_type, to_value, sealed, due_at, created_at)
  select $7, $2, 'sign_in', 'email', $4, $6, now() + interval '1 day', now() from request`

const rawRedeem = `with spent as (delete from latchkey.verifications where link_hash = $1 and expires_at > now() returning *)
  select u.*, i.id as identity_id from spent join latchkey.users u on u.id = spent.user_id
  join latchkey.identities i on i.id = spent.identity_id`

/** Issue and redeem of a link, two round trips, beside two raw statements that write the same two rows. */
export function linkLife({ auth, pool, people, lastToken }) {
  const mac = randomBytes(32)
  const take = (lane) => people[lane % people.length]
  return {
    'two raw statements': async (lane) => {
      const { user, identity } = take(lane)
      const link = sha256(randomBytes(32))
      const values = [randomUUID(), user.id, identity.id, identity.value, link, mac, randomUUID()]
      await pool.query({ name: 'raw_issue', text: rawIssue, values })
      await pool.query({ name: 'raw_redeem', text: rawRedeem, values: [link] })
    },
    'issue + verifyMagicLink': async (lane) => {
      const { identity } = take(lane)
      await auth.accounts.issueIdentityVerification(identity, 'sign_in')
      await auth.accounts.verifyMagicLink(lastToken(), 'sign_in')
    },
  }
}

const rawFind = `select p.hash, u.id from latchkey.identities i join latchkey.users u on u.id = i.user_id
  join latchkey.passwords p on p.user_id = u.id where i.value_key = $1 and i.verified_at is not null`
const rawConfirm = 'select from latchkey.passwords where user_id = $1 and hash = $2'

/** A sign-in by password beside the comparison alone, and beside the comparison between two raw statements. */
export async function passwordSignIn({ auth, pool, email, password }) {
  const options = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 }
  const stored = await hash(password, options)
  return {
    'argon2id alone': () => verify(stored, password),
    authenticateWithPassword: () => auth.accounts.authenticateWithPassword({ email, password }),
    'argon2id between two raw statements': async () => {
      const { rows } = await pool.query({ name: 'raw_find', text: rawFind, values: [email] })
      await verify(rows[0].hash, password)
      await pool.query({ name: 'raw_confirm', text: rawConfirm, values: [rows[0].id, rows[0].hash] })
    },
  }
}
