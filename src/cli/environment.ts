/** Reads the environment and the command line into options of `createAuth`. */

import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ConfigError } from '../base/index.js'
import type { AuthOptions } from '../auth/options.js'

/** The switches of every command. */
export interface GlobalSwitches {
  readonly database?: string | undefined
  readonly schema?: string | undefined
  readonly config?: string | undefined
  readonly json?: boolean | undefined
}

type Environment = Readonly<Record<string, string | undefined>>

function readDatabase(text: string): AuthOptions['database'] {
  return text === 'memory' || /^postgres(?:ql)?:/.test(text) ? text : { dataDir: text }
}

// Options that no variable can hold, such as strategies and senders, come from a module.
async function readConfig(file: string | undefined): Promise<AuthOptions> {
  if (file === undefined) return {}
  const { default: options } = (await import(pathToFileURL(resolve(file)).href)) as { default?: AuthOptions }
  if (typeof options === 'object') return options
  throw new ConfigError([`${file}: the default export must be the options of createAuth.`])
}

/**
 * Reads these variables: `DATABASE_URL` (a `postgres://` URL, a directory, or `memory`), `LATCHKEY_SCHEMA`,
 * `LATCHKEY_SECRET` (several are separated by commas, newest first), `LATCHKEY_BASE_URL`,
 * `LATCHKEY_TRUSTED_PROXIES`, `LATCHKEY_ALLOWED_ORIGINS` (separated by commas), and `SMTP_URL` with
 * `MAIL_FROM`. `LATCHKEY_CONFIG` is the path of a module whose default export is the options of `createAuth`.
 * A switch takes precedence over its variable, and a variable over the module.
 */
export async function readOptions(switches: GlobalSwitches, environment: Environment): Promise<AuthOptions> {
  // An empty variable counts as unset.
  const read = (name: string): string | undefined => environment[name] || undefined
  const database = switches.database ?? read('DATABASE_URL')
  const secret = read('LATCHKEY_SECRET')
  const mail = read('SMTP_URL')
  const proxies = read('LATCHKEY_TRUSTED_PROXIES')
  const origins = read('LATCHKEY_ALLOWED_ORIGINS')
  const configured = await readConfig(switches.config ?? read('LATCHKEY_CONFIG'))
  const sender =
    mail === undefined
      ? undefined
      : (await import('../delivery/smtp.js')).smtp({ url: mail, from: read('MAIL_FROM') ?? '' })
  const own = {
    ...(database !== undefined && { database: readDatabase(database) }),
    schema: switches.schema ?? read('LATCHKEY_SCHEMA'),
    ...(secret !== undefined && { secret: secret.split(',') }),
    baseUrl: read('LATCHKEY_BASE_URL'),
    sender,
    ...(proxies !== undefined && { trustedProxies: Number(proxies) }),
    ...(origins !== undefined && { allowedOrigins: origins.split(',') }),
  }
  const set = Object.entries(own).filter(([, value]) => value !== undefined)
  return { ...configured, ...(Object.fromEntries(set) as AuthOptions) }
}
