/**
 * Permanent errors of the server, in sentences that tell an operator how to fix them. Waiting fixes none of
 * them, so they are never treated as an outage.
 *
 * Invariant: a sentence contains no value of a statement, and no password. The server's own messages name
 * objects and roles.
 */

// PgBouncer uses 08P01 for nearly everything, including temporary conditions such as a restarting server.
const poolerRefuses = /unsupported startup parameter|no such (?:database|user)/i
// The audit uses the same SQLSTATE to refuse changes. No grant fixes that.
const auditRefuses = /^the audit is append-only/

const mendsByState: Readonly<Record<string, string>> = {
  '08P01':
    'The pooler refuses a startup parameter, the database or the user. In pgbouncer.ini, add the parameter to ignore_startup_parameters (statement_timeout, idle_in_transaction_session_timeout, extra_float_digits), or add the database or the user.',
  '3D000': 'The database does not exist: create it, or correct its name in the URL.',
  '3F000': 'The schema does not exist: run `npx latchkey migrate`, or correct the option `schema`.',
  '42501':
    'The role lacks a privilege. To migrate, it needs `create` on the database or ownership of the schema; to serve, it needs `usage` on the schema and `select, insert, update, delete` on all its tables.',
}
const signIn = 'The server refuses this role: correct the user or the password in the URL, or pg_hba.conf.'

/** The permanent error and how to fix it, or undefined when it may be temporary or is something else. */
export function refusalOf(state: string | undefined, words: string): string | undefined {
  if (state === undefined || (state === '08P01' && !poolerRefuses.test(words)) || auditRefuses.test(words))
    return undefined
  const mend = state.startsWith('28') ? signIn : mendsByState[state]
  return mend === undefined ? undefined : `${words} (SQLSTATE ${state}). ${mend}`
}

// An object with this name exists, or one of ours has other columns or is of another kind.
const foreign = new Set(['42P07', '42710', '42723', '42P06', '42703', '42P01', '42809', '42804', '42883'])

/** The same for migrating or checking a schema at startup: includes conflicting objects. */
export function startRefusalOf(state: string | undefined, words: string): string | undefined {
  if (state === undefined || !foreign.has(state)) return refusalOf(state, words)
  return `${words} (SQLSTATE ${state}). The schema contains an object that latchkey did not create: remove or rename it, or set the option \`schema\` to give latchkey its own schema.`
}
