/** A code overtakes what waits in the queue: notices, what has expired in an outage, and deliveries that are slow. */

import { afterEach, expect, it } from 'vitest'
import type { Auth, Message, Sender } from '../../src/index.js'
import { createAuth } from '../../src/index.js'
import { createDatabase } from '../harness/engines.js'

const secret = 'a secret of tests that opens nothing else'
const opened: Auth[] = []

afterEach(async () => {
  for (const auth of opened.splice(0)) await auth.close({ timeoutMs: 1_000 })
})

async function open(database: string, sender: Sender, worker: boolean): Promise<Auth> {
  const options = {
    database,
    secret,
    sender,
    migrate: true,
    outbox: { worker },
    sweep: { every: false },
  } as const
  const auth = await createAuth(options)
  opened.push(auth)
  return auth
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

async function fill(auth: Auth, count: number, values: string): Promise<void> {
  const { user } = await auth.accounts.importUser({ email: 'ada@example.com', verified: true })
  await auth.query(
    `insert into latchkey.outbox (id, user_id, event, to_type, to_value, expires_at, due_at, created_at)
    select gen_random_uuid(), $1, ${values} from generate_series(1, ${count})`,
    [user.id],
  )
  await auth.query('analyze latchkey.outbox')
}

async function ask(auth: Auth, email: string): Promise<void> {
  const { user } = await auth.accounts.importUser({ email, verified: true })
  const [identity] = await auth.accounts.listUserIdentities(user)
  await auth.accounts.issueIdentityVerification({ id: identity?.id as string }, 'sign_in')
}

it('of 20,000 notices, few leave before a code that comes after them', { timeout: 120_000 }, async () => {
  const seen: Message[] = []
  const sender = {
    async deliver(message: Message) {
      await pause(20)
      seen.push(message)
    },
  }
  const url = await createDatabase()
  const idle = await open(url, sender, false)
  await fill(
    idle,
    20_000,
    `'password_changed', 'email', 'backlog@example.com', null, now() - interval '1 minute', now()`,
  )
  const auth = await open(url, sender, true)
  await expect.poll(() => seen.length, { timeout: 30_000 }).toBeGreaterThan(30)
  const before = seen.length
  await ask(auth, 'grace@example.com')
  const asked = seen.length
  const place = (): number => seen.findIndex(({ to }) => to.value === 'grace@example.com')
  await expect.poll(place, { timeout: 30_000, interval: 5 }).toBeGreaterThan(0)
  // What was under way when it was asked for, and a few rounds of a busy machine.
  expect(asked).toBeGreaterThanOrEqual(before)
  expect(place() - asked).toBeLessThan(200)
})

it(
  'of 100,000 expired messages, few are closed before a fresh code leaves',
  { timeout: 120_000 },
  async () => {
    const closed: number[] = []
    const url = await createDatabase()
    const idle = await open(url, { deliver: () => Promise.resolve() }, false)
    const values = `'sign_in', 'email', 'late@example.com', now() - interval '1 minute', now() - interval '10 minutes', now()`
    await fill(idle, 100_000, values)
    await ask(idle, 'grace@example.com')
    const count = async (): Promise<number> => {
      const text = 'select count(*)::integer as count from latchkey.outbox where failed_at is not null'
      return (await idle.query(text)).rows[0]?.['count'] as number
    }
    await open(
      url,
      {
        async deliver() {
          closed.push(await count())
        },
      },
      true,
    )
    await expect.poll(() => closed.length, { timeout: 60_000 }).toBe(1)
    expect(closed[0]).toBeLessThan(20_000)
    await expect.poll(count, { timeout: 60_000 }).toBe(100_000)
  },
)

it('sixteen slow deliveries hold up nobody, until they end by themselves', { timeout: 60_000 }, async () => {
  const ended: string[] = []
  const begun: string[] = []
  let release = (): void => undefined
  const held = new Promise<void>((resolve) => (release = resolve))
  const sender = {
    async deliver({ to }: Message) {
      begun.push(to.value)
      if (to.value.startsWith('slow')) await held
      ended.push(to.value)
    },
  }
  const auth = await open(await createDatabase(), sender, true)
  for (let index = 0; index < 16; index++) await ask(auth, `slow-${index}@example.com`)
  await expect.poll(() => begun.length, { timeout: 20_000 }).toBe(16)
  await ask(auth, 'grace@example.com')
  await expect.poll(() => ended, { timeout: 20_000 }).toEqual(['grace@example.com'])
  release()
  await expect.poll(() => ended.length, { timeout: 20_000 }).toBe(17)
})
