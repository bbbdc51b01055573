/** A retry after a fault is served: what a request was charged is given back when what it promised was not made. */

import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Auth } from '../../src/index.js'
import { createAuth } from '../../src/index.js'
import type { Answer } from '../harness/http-client.js'
import { newAddress, openBrowser, refusalOf } from '../harness/http-client.js'
import type { PostgresServer } from '../harness/postgres.js'
import { startPostgres } from '../harness/postgres.js'

const people = 12
const emailOf = (turn: string, index: number): string => `${turn}-${index}@example.com`

describe('a request for a link that met a fault', () => {
  let server: PostgresServer
  let auth: Auth
  let admin: pg.Client

  beforeAll(async () => {
    server = await startPostgres()
    auth = await createAuth({
      database: server.url,
      migrate: true,
      secret: 'a secret of tests that opens nothing else',
      baseUrl: 'http://localhost:3000',
    })
    await auth.fetch(new Request('http://localhost:3000/auth/health'))
    admin = new pg.Client({ connectionString: server.url })
    await admin.connect()
  }, 60_000)
  afterAll(async () => {
    await admin.end()
    await auth.close()
    await server.destroy()
  })

  const messagesTo = async (email: string): Promise<number> => {
    const { rows } = await admin.query(
      'select count(*)::integer as count from latchkey.outbox where to_value = $1',
      [email],
    )
    return (rows[0] as { count: number }).count
  }

  const waiting = async (): Promise<number> => {
    const { rows } = await admin.query(
      `select count(*)::integer as count from pg_stat_activity
       where wait_event_type = 'Lock' and datname = current_database()`,
    )
    return (rows[0] as { count: number }).count
  }

  it.each(['/magic-link/request', '/recovery/request'])(
    'because its backend was killed while the outbox was locked is served when it is made again (%s)',
    async (path) => {
      const turn = path.split('/')[1] as string
      const browsers = Array.from({ length: people }, () => openBrowser(auth, { address: newAddress() }))
      const ask = (): Promise<Answer[]> =>
        Promise.all(browsers.map((browser, index) => browser.post(path, { email: emailOf(turn, index) })))
      await admin.query('begin')
      await admin.query('lock table latchkey.outbox in access exclusive mode')
      const first = ask()
      // As many as the pool lets wait at once; each is killed where it waits, until all were answered.
      let answered = false
      void first.then(() => (answered = true))
      while (!answered) {
        if ((await waiting()) > 0)
          await admin.query(
            `select pg_terminate_backend(pid) from pg_stat_activity
             where wait_event_type = 'Lock' and datname = current_database() and pid <> pg_backend_pid()`,
          )
      }
      expect(new Set((await first).map(({ status }) => status))).toEqual(new Set([503]))
      await admin.query('rollback')
      const second = await ask()
      expect(new Set(second.map(({ status }) => status))).toEqual(new Set([202]))
      for (let index = 0; index < people; index++)
        expect([index, await messagesTo(emailOf(turn, index))]).toEqual([index, 1])
    },
  )

  it('is given back once: whoever asks a third time waits as ever', async () => {
    const browser = openBrowser(auth, { address: newAddress() })
    const email = emailOf('third', 0)
    expect(refusalOf(await browser.post('/magic-link/request', { email }))).toBe('202 verification_sent')
    await browser.post('/magic-link/request', { email })
    expect(await messagesTo(email)).toBe(1)
  })
})
