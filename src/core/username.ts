/** Usernames: letters first, unique without letter case, and some names that nobody may take. */

import { invalidField } from '../base/index.js'

const form = /^[A-Za-z][A-Za-z0-9_]*$/
const shortest = 3
const longest = 64

// Names that a person could mistake for the operator, and words that hosts put into addresses (RFC 2142 among them).
const reserved = new Set(
  `abuse account accounts admin administrator anonymous api app auth billing blog bot callback cdn config contact
  dashboard dev dns docs email everyone favicon ftp guest help hostmaster http https imap info inbox latchkey login
  logout mail mailer me moderator mod news nobody noc noreply no_reply null oauth official operator owner password
  payment pop3 postmaster privacy profile register robots root security self settings signin signout signup sign_in
  sign_out sign_up sitemap smtp ssl staff static status superuser support sysadmin system team terms test undefined
  user username users verify webmaster www you`.split(/\s+/),
)

/** A username in both forms: `value` is shown, `key` is compared. */
export interface NormalizedUsername {
  readonly value: string
  readonly key: string
}

/** Whether nobody may take this name. */
export function isReserved(key: string): boolean {
  return reserved.has(key)
}

/** The username, or null where the text can't be one. */
export function readUsername(text: string): NormalizedUsername | null {
  if (text.length < shortest || text.length > longest || !form.test(text)) return null
  return { value: text, key: text.toLowerCase() }
}

/** The username. @throws AuthError `input_invalid` with `min`, `max`, `format` or, for a reserved name, `taken` */
export function requireUsername(text: string): NormalizedUsername {
  if (text.length < shortest) throw invalidField('username', 'min', shortest)
  if (text.length > longest) throw invalidField('username', 'max', longest)
  const username = readUsername(text)
  if (username === null) throw invalidField('username', 'format')
  if (isReserved(username.key)) throw invalidField('username', 'taken')
  return username
}
