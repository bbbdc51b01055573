/** Sessions in hash partitions, as `docs/scaling.md` makes them: its own statements are run, with four partitions. */

import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAuth } from '../../src/index.js'
import type { PostgresServer } from '../harness/postgres.js'
import { startPostgres } from '../harness/postgres.js'
import { populate, secret } from './nodes.js'
import { execute } from './standby.js'

const page = readFileSync(new URL('../../docs/scaling.md', import.meta.url), 'utf8')
const quiet = { secret, outbox: { worker: false }, sweep: { every: false } } as const

function partitioning(count: number): string {
  const [, script = ''] = /```sql\n([\s\S]*?)```/.exec(page) ?? []
  const [first] = /^create table latchkey\.sessions_0 .*$/m.exec(script) ?? []
  if (first === undefined) throw new Error('The page tells no partition.')
  const all = Array.from({ length: count }, (_, n) =>
    first
      .replace('sessions_0', `sessions_${n}`)
      .replace(/modulus \d+, remainder 0/, `modulus ${count}, remainder ${n}`),
  )
  return script.replace(first, all.join('\n'))
}

describe('sessions in partitions', () => {
  let server: PostgresServer

  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server.destroy())

  it('keep what was there, are no drift, and are each asked for in one partition', async () => {
    const [email = ''] = await populate(server.url, 1)
    const before = await createAuth({ ...quiet, database: server.url })
    const person = await before.accounts.getUserByEmail(email)
    const token = await before.accounts.generateUserSessionToken(person ?? { id: '' })
    await before.close()

    await execute(server.url, partitioning(4))

    const auth = await createAuth({ ...quiet, database: server.url })
    try {
      expect(await auth.health()).toMatchObject({ status: 'ok', drift: [] })
      expect(await auth.accounts.getUserBySessionToken(token)).toMatchObject({ id: person?.id })
      const plan = await execute(
        server.url,
        `explain select from latchkey.sessions where id = '11111111-1111-4111-8111-111111111111'`,
      )
      const scanned = plan.filter((row) => /sessions_\d+_pkey|on sessions_\d/.test(String(row['QUERY PLAN'])))
      expect(scanned).toHaveLength(1)
      expect(await auth.accounts.revokeUserSessionToken(token)).toHaveLength(1)
      expect(await auth.accounts.getUserBySessionToken(token)).toBeNull()
    } finally {
      await auth.close()
    }
  })
})
