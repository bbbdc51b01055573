/** Usernames: they start with a letter, are unique regardless of case, and some are reserved. */

import { invalidField } from '../base/index.js'

const form = /^[A-Za-z][A-Za-z0-9_]*$/
const shortest = 3
const longest = 64

// Names that could be mistaken for the operator, and words that hosts use in addresses (including RFC 2142).
const reserved = new Set(
  `abuse account accounts admin administrator anonymous api app auth billing blog bot callback cdn config contact
  dashboard dev dns docs email everyone favicon ftp guest help hostmaster http https imap info inbox latchkey login
  logout mail mailer me moderator mod news nobody noc noreply no_reply null oauth official operator owner password
  payment pop3 postmaster privacy profile register robots root security self settings signin signout signup sign_in
  sign_out sign_up sitemap smtp ssl staff static status superuser support sysadmin system team terms test undefined
  user username users verify webmaster www you`.split(/\s+/),
)

/** A username in both forms: `value` for showing, `key` for comparing. */
export interface NormalizedUsername {
  readonly value: string
  readonly key: string
}

/** Whether this name is reserved. */
export function isReserved(key: string): boolean {
  return reserved.has(key)
}

/** The username, or null when the text is not a valid one. */
export function readUsername(text: string): NormalizedUsername | null {
  if (text.length < shortest || text.length > longest || !form.test(text)) return null
  return { value: text, key: text.toLowerCase() }
}

/**
 * The username.
 * @throws AuthError `input_invalid` with `min`, `max`, `format` or, for a reserved name, `taken`
 */
export function requireUsername(text: string): NormalizedUsername {
  if (text.length < shortest) throw invalidField('username', 'min', shortest)
  if (text.length > longest) throw invalidField('username', 'max', longest)
  const username = readUsername(text)
  if (username === null) throw invalidField('username', 'format')
  if (isReserved(username.key)) throw invalidField('username', 'taken')
  return username
}
