/** The commands on a database: what each one does and prints. */

import type { Auth } from '../auth/auth.js'
import type { OutboxState } from '../core/index.js'
import { AuthError } from '../base/index.js'
import type { Output } from './output.js'
import { toTable, toText } from './output.js'

/** One command with an open `Auth`. Resolves with the exit code. */
export type Command = (auth: Auth, output: Output) => Promise<number>

/** Applies the missing migrations. */
export const migrateCommand: Command = async (auth, output) => {
  const applied = await auth.migrate((name) => output.progress(`applied ${name}`))
  const line =
    applied.length === 0 ? 'Nothing to migrate.' : `Applied ${applied.length}: ${applied.join(', ')}`
  output.result({ applied }, [line])
  return 0
}

/** Checks the database and its schema. */
export const doctorCommand: Command = async (auth, output) => {
  const health = await auth.health()
  const pending = health.pending.map((name) => `missing migration: ${name}`)
  output.result(health, [`${health.database}: ${health.status}`, ...pending, ...health.drift])
  return health.status === 'unavailable' ? 3 : health.status === 'ok' ? 0 : 1
}

/** Removes expired rows, or counts them. */
export function sweepCommand(dryRun: boolean): Command {
  return async (auth, output) => {
    output.progress(dryRun ? 'counting' : 'sweeping')
    const report = await auth.accounts.sweep({ dryRun })
    const counts = Object.entries(report).map(([name, count]) => `${name}: ${count}`)
    output.result(report, [dryRun ? 'Would remove' : 'Removed', ...counts])
    return 0
  }
}

/** Lists users, newest first. */
export function listUsersCommand(page: { limit: number; after: string | undefined }): Command {
  return async (auth, output) => {
    const after = page.after === undefined ? undefined : { id: page.after }
    const users = await auth.accounts.listUsers({ limit: page.limit, after })
    const rows = users.map((user) => [
      user.id,
      user.username ?? '-',
      user.name ?? '-',
      toText(user.createdAt),
      user.disabledAt === null ? '' : 'disabled',
    ])
    output.result({ users }, toTable(['id', 'username', 'name', 'created', 'state'], rows))
    return 0
  }
}

// A user is given by an id, a username or a verified address.
async function findUser(auth: Auth, reference: string) {
  const { accounts } = auth
  const user = reference.includes('@')
    ? await accounts.getUserByEmail(reference)
    : /^[0-9a-f-]{36}$/.test(reference)
      ? await accounts.getUser({ id: reference })
      : await accounts.getUserByUsername(reference)
  if (user === null) throw new AuthError('not_found', { reason: 'user_unknown' })
  return user
}

/** Shows a user with identities and sessions. */
export function showUserCommand(reference: string): Command {
  return async (auth, output) => {
    const user = await findUser(auth, reference)
    const identities = await auth.accounts.listUserIdentities(user)
    const sessions = await auth.accounts.listUserSessions(user)
    output.result({ user, identities, sessions }, [
      `${user.id}  ${user.name ?? '-'}  ${user.username ?? '-'}`,
      `created ${toText(user.createdAt)}, disabled ${toText(user.disabledAt)}`,
      ...identities.map(({ type, value, verifiedAt }) => `${type}: ${value}, verified ${toText(verifiedAt)}`),
      `${sessions.length} sessions`,
    ])
    return 0
  }
}

/** Deletes a user; without `yes`, only prints which one. */
export function deleteUserCommand(reference: string, yes: boolean): Command {
  return async (auth, output) => {
    const user = await findUser(auth, reference)
    if (!yes) {
      output.result({ deleted: false, user }, [`This would delete ${user.id}. Repeat with --yes.`])
      return 2
    }
    await auth.accounts.deleteUser(user)
    output.result({ deleted: true, user }, [`Deleted ${user.id}.`])
    return 0
  }
}

/** Lists the live sessions of a user. */
export function listSessionsCommand(reference: string): Command {
  return async (auth, output) => {
    const sessions = await auth.accounts.listUserSessions(await findUser(auth, reference))
    const rows = sessions.map(({ id, ip, userAgent, seenAt }) => [
      id,
      ip ?? '-',
      toText(seenAt),
      userAgent ?? '-',
    ])
    output.result({ sessions }, toTable(['id', 'ip', 'seen', 'user agent'], rows))
    return 0
  }
}

/** Ends one session of a user, or all of them. */
export function revokeSessionsCommand(reference: string, sessionId: string | undefined): Command {
  return async (auth, output) => {
    const user = await findUser(auth, reference)
    const revoked =
      sessionId === undefined
        ? await auth.accounts.revokeUserSessions(user)
        : await auth.accounts.revokeUserSession(user, sessionId)
    output.result({ revoked }, [`Revoked ${revoked.length} sessions.`])
    return sessionId !== undefined && revoked.length === 0 ? 1 : 0
  }
}

/** Lists messages, newest first. */
export function listOutboxCommand(page: { state: OutboxState | undefined; limit: number }): Command {
  return async (auth, output) => {
    const messages = await auth.outbox.list(page)
    const rows = messages.map(({ id, event, to, state, attempts, lastError }) => [
      id,
      event,
      to.value,
      state,
      String(attempts),
      lastError ?? '',
    ])
    output.result({ messages }, toTable(['id', 'event', 'to', 'state', 'attempts', 'last error'], rows))
    return 0
  }
}

/** Makes a message due now. */
export function retryOutboxCommand(id: string): Command {
  return async (auth, output) => {
    await auth.outbox.retry(id)
    output.result({ due: id }, [`${id} is due now.`])
    return 0
  }
}
