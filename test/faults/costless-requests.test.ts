/**
 * A fault while a right link, password or code is posted costs nothing: every limit is as it was before, and the same
 * request is served afterwards. The fault is met by the statement that checks the secret, or by the one that creates
 * the session.
 */

import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { goodPassword, otherPassword, signUp } from '../../src/testing/suite/case.js'
import { postgres } from '../harness/engines.js'
import type { Browser } from '../harness/http-client.js'
import { openBrowser, refusalOf, roomy } from '../harness/http-client.js'
import { useKit } from '../harness/kit.js'

const kit = useKit(postgres.open, roomy)
let holder: pg.Client
let observer: pg.Client

beforeAll(async () => {
  ;[holder, observer] = [0, 1].map(() => new pg.Client({ connectionString: kit().url })) as [
    pg.Client,
    pg.Client,
  ]
  await holder.connect()
  await observer.connect()
})
afterAll(async () => {
  await holder.end()
  await observer.end()
})

interface Posted {
  readonly path: string
  readonly body: Readonly<Record<string, string>>
}

interface Secret {
  /** The table that only the statement which checks it waits for. */
  readonly checked: 'passwords' | 'audit'
  readonly signsIn: boolean
  prepare(browser: Browser): Promise<Posted>
}

async function sent(browser: Browser, path: string, email: string) {
  await browser.post(path, { email })
  return kit().inbox.latest(email)
}

const newPerson = async (): Promise<string> => (await signUp(kit())).identity.value

const secrets: Readonly<Record<string, Secret>> = {
  'a password': {
    checked: 'passwords',
    signsIn: true,
    prepare: async () => ({
      path: '/password/request',
      body: { email: await newPerson(), password: goodPassword },
    }),
  },
  'a link that signs in': {
    checked: 'audit',
    signsIn: true,
    async prepare(browser) {
      const { token = '' } = await sent(browser, '/magic-link/request', await newPerson())
      return { path: '/magic-link/callback', body: { token } }
    },
  },
  'a code that signs in': {
    checked: 'audit',
    signsIn: true,
    async prepare(browser) {
      const email = await newPerson()
      const { code = '' } = await sent(browser, '/email-otp/request', email)
      return { path: '/email-otp/callback', body: { email, code } }
    },
  },
  'the link of a sign-up': {
    checked: 'audit',
    signsIn: false,
    async prepare(browser) {
      const email = kit().newEmail()
      await browser.post('/sign-up', { email, password: goodPassword })
      const { token = '' } = await kit().inbox.latest(email)
      return { path: '/verification/callback', body: { token } }
    },
  },
  'the link of a recovery': {
    checked: 'audit',
    signsIn: false,
    async prepare(browser) {
      const { token = '' } = await sent(browser, '/recovery/request', await newPerson())
      return { path: '/recovery/callback', body: { token, password: otherPassword } }
    },
  },
  'the code of a recovery': {
    checked: 'audit',
    signsIn: false,
    async prepare(browser) {
      const email = await newPerson()
      const { code = '' } = await sent(browser, '/recovery/request', email)
      return { path: '/recovery/callback', body: { email, code, password: otherPassword } }
    },
  },
}

/** Every count that is not zero, of a limit but for this one, and of tries. */
async function counted(but = ''): Promise<readonly unknown[]> {
  const { rows } = await observer.query<Record<string, unknown>>(
    `select budget, subject, count from latchkey.attempts where count > 0 and budget <> $1
     union all select 'verification', id::text, attempts from latchkey.verifications where attempts > 0
     order by 1, 2`,
    [but],
  )
  return rows
}

/** Kills each backend that waits for a lock of the holder, until the work is done. */
async function killWaiting<T>(work: Promise<T>): Promise<T> {
  let done = false
  void work.finally(() => (done = true)).catch(() => undefined)
  while (!done) {
    await observer.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where wait_event_type = 'Lock' and datname = current_database() and pid <> pg_backend_pid()`,
    )
  }
  return work
}

describe.each(Object.entries(secrets))('%s', (_, { checked, prepare }) => {
  it('costs nothing, and works afterwards: the backend that checks it is killed', async () => {
    const browser = openBrowser(kit().auth)
    const { path, body } = await prepare(browser)
    const before = await counted()
    await holder.query(`begin; lock table latchkey.${checked} in access exclusive mode`)
    const failed = await killWaiting(browser.post(path, body))
    await holder.query('rollback')
    expect(failed.status).toBe(503)
    expect(await counted()).toEqual(before)
    expect((await browser.post(path, body)).status).toBe(200)
  })
})

describe.each(Object.entries(secrets).filter(([, { signsIn }]) => signsIn))('%s', (_, { prepare }) => {
  it('costs nothing, and works afterwards: its session is not created', async () => {
    const browser = openBrowser(kit().auth)
    const { path, body } = await prepare(browser)
    // The secret is right, so its pause ends; all other counts are to be as before.
    const before = await counted('messagePause')
    await holder.query(`
      create function public.fail() returns trigger language plpgsql as
        $$ begin raise exception 'away' using errcode = '57P01'; end $$;
      create trigger fails before insert on latchkey.sessions execute function public.fail()`)
    const failed = await browser.post(path, body)
    await holder.query('drop function public.fail cascade')
    expect(failed.status).toBe(503)
    expect(await counted('messagePause')).toEqual(before)
    expect((await browser.post(path, body)).status).toBe(200)
  })
})

it('costs what it did where the secret is wrong', async () => {
  const browser = openBrowser(kit().auth)
  const body = { email: await newPerson(), password: otherPassword }
  const before = await counted()
  expect(refusalOf(await browser.post('/password/request', body))).toBe('401 invalid_credentials')
  expect((await counted()).length).toBeGreaterThan(before.length)
})
