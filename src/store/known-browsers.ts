/**
 * Browsers in which a user signed in before, in SQL. A browser is identified by the hash of a name that it
 * keeps; cookies are handled elsewhere.
 *
 * Invariants: (1) the statement that creates a session makes the browser known, whichever sign-in method was
 * used; (2) it stays known for 90 days after the last sign-in, and until 100 wrong secrets in a row; (3) a
 * browser without a name, or with an unknown one, is looked up the same way for every address, so the lookup
 * reveals nothing about an address.
 */

import type { Tables } from './statement.js'
import { now } from './statement.js'

/**
 * How many wrong secrets in a row are allowed from a known browser, and for a password from all unknown ones
 * (SP 800-63B-4 §3.2.2).
 */
export const maxMissesInARow = 100

/** The limit that counts the wrong passwords in a row of an account; its subject is the user's id. */
export const missesInARow = 'passwordInARow'

const lifetime = `interval '2160 hours'`

/**
 * Remembers the browser `browser` (an SQL expression, null if there is none) for the users in `from` (a
 * relation with the column `user`), who have just signed in. Resets their count of wrong passwords in a row.
 * Provides `remembered` and `forgiven`.
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
 * Resets the count of wrong passwords in a row of the user `user`, a column of the relation `from`. Provides
 * `forgiven`. The rows of limits are locked after those of the relation `after`, which the statement writes.
 */
export function forgiveMisses(t: Tables, user: string, from: string, after: string = from): string {
  return `forgiven as (
      delete from ${t.attempts} a using ${from} where a.budget = '${missesInARow}' and a.subject = ${user}::text
        and (select count(*) from ${after}) >= 0
    )`
}

const counts = `k.expires_at > ${now} and k.misses < ${maxMissesInARow}`

/**
 * Whether the browser `browser` is known to the user who verified this address; three SQL expressions, each
 * of which may be null.
 */
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

/** Whether the browser is known to any user; `browser` is an SQL expression. */
export function knowsBrowserOfAnybody(t: Tables, browser: string): string {
  return `exists (select from ${t.knownBrowsers} k where k.browser_hash = ${browser} and ${counts})`
}
