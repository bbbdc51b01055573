/**
 * Identities and claims in SQL.
 *
 * Invariants: (1) for one address, at most one verified identity and one passwordless claim exist (unique
 * indexes); (2) a user is never stored without the claim that it is created for; (3) the loser of a race for
 * the passwordless claim queries again and finds the winner's; (4) a claim that is added while the account
 * changes hands proves nothing, and is not listed, until it is added again (`pending.ts`).
 */

import type { IdentityStore, NewClaim } from '../core/index.js'
import { AuthError } from '../base/index.js'
import { bindClaims } from './after-change.js'
import { markSeen, stillClaimed } from './pending.js'
import { identityColumns, toAccount, toIdentity, userColumns } from './rows.js'
import type { Row } from './queryable.js'
import type { Runner } from './runner.js'
import type { Tables } from './statement.js'
import { audit, now, prepare } from './statement.js'

const claimValues = '$2::uuid, $1::uuid, $3::text, $4::text, $5::text'
const claimColumns = '(id, user_id, type, value, value_key, passwordless, created_at, updated_at)'

// How often in a row another transaction may take a claim and then remove it again.
const maxTries = 5

const verifiedOf = (t: Tables): string => `select i.* from ${t.identities} i
    where i.type = $3::text and i.value_key = $5::text and i.verified_at is not null`
const createdOf = (t: Tables): string =>
  audit(t, { event: 'user.created', from: 'claim', user: 'user_id', identity: 'id' })

/**
 * A user, a claim and a password, unless the address is taken; the parameters are those of `claimValuesOf`
 * and the hash. Provides the relations `taken`, `person` and `claim`.
 */
export function claimWithPassword(t: Tables): string {
  return `taken as (${verifiedOf(t)}),
      person as (
        insert into ${t.users} (id, created_at, updated_at)
        select $1::uuid, ${now}, ${now} where not exists (select from taken)
        returning *
      ),
      claim as (
        insert into ${t.identities} ${claimColumns}
        select ${claimValues}, false, ${now}, ${now} from person
        returning *
      ),
      secret as (
        insert into ${t.passwords} (user_id, hash, changed_at) select id, $6::text, ${now} from person
      ),
      logged as (${createdOf(t)})`
}

/**
 * The verified identity of an address, else its passwordless claim, else a new one; the parameters are those
 * of `claimValuesOf`. Provides the relations `found`, `free`, `claim` and `person`. The user is inserted
 * after the claim that references it: foreign keys are checked at the end of the statement, and only the
 * winner of the unique index creates a user.
 */
export function findOrClaim(t: Tables): string {
  return `found as (${verifiedOf(t)}),
      free as (
        select i.* from ${t.identities} i
        where i.type = $3::text and i.value_key = $5::text and i.passwordless and i.verified_at is null
          and not exists (select from found)
      ),
      claim as (
        insert into ${t.identities} ${claimColumns}
        select ${claimValues}, true, ${now}, ${now}
        where not exists (select from found) and not exists (select from free)
        on conflict (type, value_key) where passwordless and verified_at is null do nothing
        returning *
      ),
      person as (
        insert into ${t.users} (id, created_at, updated_at) select user_id, ${now}, ${now} from claim returning *
      ),
      logged as (${createdOf(t)})`
}

function statements(t: Tables) {
  const verified = verifiedOf(t)
  return {
    createWithPassword: prepare(
      'identity_create_password',
      `with ${claimWithPassword(t)}
      select ${userColumns('person')}, ${identityColumns('claim')} from person, claim`,
    ),

    // A user who was just created is not in the table yet, so it gets a branch of its own: one join to both
    // would read all users.
    findOrCreate: prepare(
      'identity_find_or_create',
      `with ${findOrClaim(t)}
      select ${userColumns('u')}, ${identityColumns('i')}, false as created
      from (select * from found union all select * from free) i join ${t.users} u on u.id = i.user_id
      union all
      select ${userColumns('person')}, ${identityColumns('claim')}, true from claim, person`,
    ),

    add: prepare(
      'identity_add',
      `with person as (select id as user_id from ${t.users} where id = $1::uuid for no key update),
      taken as (${verified} and i.user_id <> $1),
      mark as (select ${markSeen(t, '$1::uuid')} as seen from person),
      held as (
        select i.* from ${t.identities} i
        where i.user_id = $1::uuid and i.type = $3::text and i.value_key = $5::text
      ),
      renewed as (
        update ${t.identities} i set claimed_under = mark.seen from held, mark
        where i.id = held.id and i.verified_at is null and i.claimed_under <> mark.seen
      ),
      claim as (
        insert into ${t.identities} (id, user_id, type, value, value_key, passwordless, claimed_under, created_at, updated_at)
        select ${claimValues}, false, mark.seen, ${now}, ${now} from mark
        where not exists (select from taken) and not exists (select from held)
        on conflict (user_id, type, value_key) do nothing
        returning *
      ),
      ${bindClaims(t, '(select user_id from claim)')},
      logged as (
        ${audit(t, { event: 'identity.added', from: 'claim', user: 'user_id', identity: 'id' })}
      )
      select exists (select from person) as found, exists (select from taken) as taken,
        exists (select from claim) as created, ${identityColumns('i')}
      from (select) one left join (select * from held union all select * from claim) i on true`,
    ),

    // Verified identities are locked, then counted, so that two removals can't remove the last two.
    remove: prepare(
      'identity_remove',
      `with person as (select id from ${t.users} where id = $1::uuid for no key update),
      target as (
        select i.* from ${t.identities} i join person on person.id = i.user_id where i.id = $2::uuid
      ),
      verified as (
        select i.id from ${t.identities} i join person on person.id = i.user_id
        where i.verified_at is not null order by i.id for update of i
      ),
      removed as (
        delete from ${t.identities} i using target
        where i.id = target.id
          and (target.verified_at is null or exists (select from verified v where v.id <> target.id))
        returning i.id, i.user_id
      ),
      logged as (
        ${audit(t, { event: 'identity.removed', from: 'removed', user: 'user_id', identity: 'id' })}
      )
      select exists (select from target) as found, exists (select from removed) as removed`,
    ),

    findVerified: prepare(
      'identity_find_verified',
      `select ${userColumns('u')}, ${identityColumns('i')}
      from ${t.identities} i join ${t.users} u on u.id = i.user_id
      where i.type = $1 and i.value_key = $2 and i.verified_at is not null`,
    ),

    list: prepare(
      'identity_list',
      `select ${identityColumns('i')} from ${t.identities} i join ${t.users} u on u.id = i.user_id
      where i.user_id = $1::uuid and ${stillClaimed(t, 'i', 'u')} order by i.created_at, i.id`,
    ),
  }
}

/** The parameters of a claim, in order. */
export function claimValuesOf(claim: NewClaim): unknown[] {
  return [claim.userId, claim.identityId, claim.type, claim.value, claim.valueKey]
}

/**
 * Retries until there is a result: if no row is found, a transaction that has committed since took the
 * address.
 */
export async function untilSettled<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < maxTries; tries++) {
    const settled = await ask()
    if (settled !== undefined) return settled
  }
  throw new AuthError('unavailable', { reason: 'claim_contended', retryAfterMs: 1000 })
}

/** The identities of one schema. */
export function prepareIdentities(tables: Tables) {
  const sql = statements(tables)

  return (runner: Runner): IdentityStore => ({
    async createWithPassword(claim, hash) {
      const row = await runner.row(sql.createWithPassword, [...claimValuesOf(claim), hash])
      return row === undefined ? null : toAccount(row)
    },

    async findOrCreate(claim) {
      const row = await untilSettled(() => runner.row(sql.findOrCreate, claimValuesOf(claim)))
      return { ...toAccount(row), created: row['created'] as boolean }
    },

    async add(claim) {
      const row = await untilSettled<Row>(async () => {
        const found = (await runner.row(sql.add, claimValuesOf(claim))) as Row
        const settled = found['identity_id'] !== null || found['taken'] === true || found['found'] === false
        return settled ? found : undefined
      })
      if (row['found'] === false) return 'gone'
      if (row['taken'] === true) return 'taken'
      return { identity: toIdentity(row), created: row['created'] as boolean }
    },

    async remove(userId, identityId) {
      const row = (await runner.row(sql.remove, [userId, identityId])) as Row
      if (row['removed'] === true) return 'removed'
      return row['found'] === true ? 'last' : 'gone'
    },

    async findVerified(type, valueKey) {
      const row = await runner.row(sql.findVerified, [type, valueKey])
      return row === undefined ? null : toAccount(row)
    },

    async list(userId) {
      return (await runner.rows(sql.list, [userId])).map(toIdentity)
    },
  })
}
