/** What the commands read from the environment and the command line, as options of `createAuth`. */

import type { AuthOptions } from '../options.js'

/** The switches that every command has. */
export interface GlobalSwitches {
  readonly database?: string | undefined
  readonly schema?: string | undefined
  readonly json?: boolean | undefined
}

type Environment = Readonly<Record<string, string | undefined>>

function readDatabase(text: string): AuthOptions['database'] {
  return text === 'memory' || /^postgres(?:ql)?:/.test(text) ? text : { dataDir: text }
}

/**
 * `DATABASE_URL` (a `postgres://` URL, a directory, or `memory`), `LATCHKEY_SCHEMA`, `LATCHKEY_SECRET` (several with
 * commas between, the newest first), `LATCHKEY_BASE_URL` and `SMTP_URL` with `MAIL_FROM`. A switch goes before its
 * variable.
 */
export async function readOptions(switches: GlobalSwitches, environment: Environment): Promise<AuthOptions> {
  // A variable that is empty is not set.
  const read = (name: string): string | undefined => environment[name] || undefined
  const database = switches.database ?? read('DATABASE_URL')
  const secret = read('LATCHKEY_SECRET')
  const mail = read('SMTP_URL')
  const sender =
    mail === undefined
      ? undefined
      : (await import('../delivery/smtp.js')).smtp({ url: mail, from: read('MAIL_FROM') ?? '' })
  return {
    ...(database !== undefined && { database: readDatabase(database) }),
    schema: switches.schema ?? read('LATCHKEY_SCHEMA'),
    ...(secret !== undefined && { secret: secret.split(',') }),
    baseUrl: read('LATCHKEY_BASE_URL'),
    sender,
  }
}
