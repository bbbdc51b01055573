/**
 * Browsers in which a user signed in before, in SQL. Knows no cookie: a browser is the hash of a name that it keeps.
 *
 * Invariants: (1) a browser becomes known by the statement that makes a session, whatever the way to sign in; (2) it is
 * known for 90 days since the last sign-in, and no longer after 100 wrong secrets in a row; (3) a browser that has no
 * name, or a name of nobody, is looked up alike for every address, so that the look-up tells of none.
 */

import type { Tables } from './statement.js'
import { now } from './statement.js'

/** How many wrong secrets in a row a known browser has, and a password from all unknown ones (SP 800-63B-4 §3.2.2). */
export const maxMissesInARow = 100

/** The limit that counts the wrong passwords in a row of an account; its subject is the id of the user. */
export const missesInARow = 'passwordInARow'

const lifetime = `interval '2160 hours'`

/**
 * Remembers the browser `browser` (an SQL expression, null where there is none) for the users in `from` (a relation
 * with the column `user`), who have just signed in. Their wrong passwords in a row are over. Gives `remembered` and
 * `forgiven`.
 */
export function rememberBrowser(
  t: Tables,
  { from, user, browser }: { readonly from: string; readonly user: string; readonly browser: string },
): string {
  return `remembered as (
      insert into ${t.knownBrowsers} (browser_hash, user_id, expires_at)
      select ${browser}, ${from}.${user}, ${now} + ${lifetime} from ${from} where ${browser} is not null
      on conflict (browser_hash, user_id) do update set misses = 0, expires_at = excluded.expires_at
      returning user_id
    ),
    ${forgiveMisses(t, `${from}.${user}`, from, 'remembered')}`
}

/**
 * Ends the count of wrong passwords in a row of the user `user`, a column of the relation `from`. Gives `forgiven`. The
 * rows of limits are locked after those of the relation `after`, which the statement writes to.
 */
export function forgiveMisses(t: Tables, user: string, from: string, after: string = from): string {
  return `forgiven as (
      delete from ${t.attempts} a using ${from} where a.budget = '${missesInARow}' and a.subject = ${user}::text
        and (select count(*) from ${after}) >= 0
    )`
}

const counts = `k.expires_at > ${now} and k.misses < ${maxMissesInARow}`

/** Whether the browser `browser` is known to whoever proved this address; three SQL expressions, each of which may be null. */
export function knowsBrowser(
  t: Tables,
  { browser, type, valueKey }: { readonly browser: string; readonly type: string; readonly valueKey: string },
): string {
  return `exists (
      select from ${t.knownBrowsers} k join ${t.identities} i on i.user_id = k.user_id
      where k.browser_hash = ${browser} and ${counts}
        and i.type = ${type} and i.value_key = ${valueKey} and i.verified_at is not null
    )`
}

/** Whether the browser is known to this user, or, where `user` is null, to anybody. */
export function knowsBrowserOfUser(
  t: Tables,
  { browser, user }: { readonly browser: string; readonly user: string },
): string {
  return `exists (
      select from ${t.knownBrowsers} k
      where k.browser_hash = ${browser} and ${counts} and (${user} is null or k.user_id = ${user})
    )`
}
