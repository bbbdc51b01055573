/**
 * The command line. Exit codes: 0 success, 1 refused or a check failed, 2 wrong usage, 3 the database can't
 * be reached.
 */

import { readFileSync } from 'node:fs'
import { Command as Program, InvalidArgumentError, Option } from 'commander'
import { AuthError, ConfigError, parseDuration } from '../base/index.js'
import type { Auth } from '../auth/auth.js'
import { openAuth } from '../auth/auth.js'
import type { OutboxState } from '../core/index.js'
import type { Command } from './commands.js'
import {
  deleteUserCommand,
  doctorCommand,
  listOutboxCommand,
  listSessionsCommand,
  listUsersCommand,
  migrateCommand,
  retryOutboxCommand,
  revokeSessionsCommand,
  showUserCommand,
  sweepCommand,
} from './commands.js'
import type { GlobalSwitches } from './environment.js'
import { readOptions } from './environment.js'
import { createOutput } from './output.js'
import { collectStatements } from '../store/index.js'
import { serveUntilSignal } from './serve.js'

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string
}

function toCount(text: string): number {
  const count = Number(text)
  if (!Number.isInteger(count) || count < 0 || count > 65_535)
    throw new InvalidArgumentError('Give a whole number.')
  return count
}

// Milliseconds. Unlike durations in options, zero is allowed, to stop at once.
function toSpan(text: string): number {
  const span = text === '0' ? 0 : parseDuration(text)
  if (span === null || span > 3_600_000)
    throw new InvalidArgumentError('Give a duration of at most an hour, such as 5s, or 0.')
  return span
}

/** The exit code and the message of an error. */
export function explain(error: unknown): { code: number; sentence: string } {
  if (error instanceof ConfigError) return { code: 2, sentence: error.message }
  if (AuthError.is(error, 'unavailable')) return { code: 3, sentence: error.message }
  if (AuthError.is(error)) return { code: 1, sentence: `${error.message} (${error.reason})` }
  return { code: 1, sentence: error instanceof Error ? error.message : String(error) }
}

/** Creates the program. `exit` is called with the exit code of each command. */
export function createProgram(exit: (code: number) => void): Program {
  const program = new Program('latchkey')
    .description('Authentication that lives in your own Postgres.')
    .version(version)
    .option('--database <url>', 'a postgres:// URL, a directory, or memory (DATABASE_URL)')
    .option('--schema <name>', 'the schema of the tables (LATCHKEY_SCHEMA)')
    .option('--config <file>', 'a module whose default export is the options of createAuth (LATCHKEY_CONFIG)')
    .option('--json', 'print JSON')

  const switches = (): GlobalSwitches => program.opts()

  async function guard(work: () => Promise<number>): Promise<void> {
    try {
      exit(await work())
    } catch (error) {
      const { code, sentence } = explain(error)
      const json = JSON.stringify({ error: sentence, ...(AuthError.is(error) && { code: error.code }) })
      process.stderr.write(`${switches().json === true ? json : sentence}\n`)
      exit(code)
    }
  }

  // These commands send nothing and sweep nothing, so they need no sender.
  async function open(skipSchemaCheck: boolean): Promise<Auth> {
    const options = await readOptions(switches(), process.env)
    const quiet = { deliver: () => Promise.reject(new Error('This command sends nothing.')) }
    return openAuth(
      {
        ...options,
        sender: quiet,
        secret: options.secret ?? '-'.repeat(32),
        baseUrl: options.baseUrl ?? 'http://localhost',
        outbox: { worker: false },
        sweep: { every: false },
      },
      { skipSchemaCheck },
    )
  }

  async function printStatements(): Promise<number> {
    const prepared = await collectStatements(async () => (await open(true)).close())
    const statements = prepared.map(({ name, text }) => ({ name, text }))
    const lines = statements.map(({ name, text }) => `-- ${name}\n${text};\n`)
    createOutput(switches().json === true).result(statements, lines)
    return 0
  }

  async function run(command: Command, skipSchemaCheck = false): Promise<void> {
    await guard(async () => {
      const auth = await open(skipSchemaCheck)
      try {
        return await command(auth, createOutput(switches().json === true))
      } finally {
        await auth.close()
      }
    })
  }

  program
    .command('serve')
    .description('serve HTTP; in development, with a start page and an inbox')
    .option('--port <number>', 'the port (PORT)', toCount)
    .option('--host <name>', 'the address to listen on', 'localhost')
    .option('--drain-delay <duration>', 'how long to keep serving after SIGTERM, as not ready', toSpan, 2_000)
    .option('--shutdown-timeout <duration>', 'how long shutdown may take', toSpan, 25_000)
    .action((own: { port?: number; host: string; drainDelay: number; shutdownTimeout: number }) =>
      guard(async () => {
        const options = await readOptions(switches(), process.env)
        const port = own.port ?? toCount(process.env['PORT'] ?? '3000')
        const ending = { drainDelayMs: own.drainDelay, shutdownTimeoutMs: own.shutdownTimeout }
        const output = createOutput(switches().json === true)
        await serveUntilSignal(options, { port, host: own.host, ...ending }, output)
        return 0
      }),
    )
  program
    .command('migrate')
    .description('apply missing migrations')
    .action(() => run(migrateCommand, true))
  program
    .command('doctor')
    .description('check the database and its schema')
    .option('--statements', 'print the statements that run instead')
    .action((own: { statements?: boolean }) =>
      own.statements === true ? guard(printStatements) : run(doctorCommand, true),
    )
  program
    .command('sweep')
    .description('remove expired rows')
    .option('--dry-run', 'only count them')
    .action((own: { dryRun?: boolean }) => run(sweepCommand(own.dryRun === true)))

  const users = program.command('users').description('list, show and delete users')
  users
    .command('list')
    .description('list users, newest first')
    .option('--limit <number>', 'how many', toCount, 50)
    .option('--after <id>', 'the last id of the previous page')
    .action((own: { limit: number; after?: string }) =>
      run(listUsersCommand({ limit: own.limit, after: own.after })),
    )
  users
    .command('show <user>')
    .description('show a user by id, username or email')
    .action((user: string) => run(showUserCommand(user)))
  users
    .command('delete <user>')
    .description('delete a user and all their data except audit rows')
    .option('--yes', 'confirm the deletion')
    .action((user: string, own: { yes?: boolean }) => run(deleteUserCommand(user, own.yes === true)))

  const sessions = program.command('sessions').description('list and revoke sessions')
  sessions
    .command('list <user>')
    .description('list the live sessions of a user')
    .action((user: string) => run(listSessionsCommand(user)))
  sessions
    .command('revoke <user> [session]')
    .description('revoke one session of a user, or all of them')
    .action((user: string, session?: string) => run(revokeSessionsCommand(user, session)))

  const outbox = program.command('outbox').description('list queued messages, and send them again')
  outbox
    .command('list')
    .description('list messages, newest first')
    .addOption(
      new Option('--state <state>', 'only messages in this state').choices([
        'pending',
        'delivered',
        'failed',
      ]),
    )
    .option('--limit <number>', 'how many', toCount, 50)
    .action((own: { state?: OutboxState; limit: number }) =>
      run(listOutboxCommand({ state: own.state, limit: own.limit })),
    )
  outbox
    .command('retry <id>')
    .description('make a message due now')
    .action((id: string) => run(retryOutboxCommand(id)))

  return program
}
