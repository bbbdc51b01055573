/**
 * A ledger of what was acknowledged, kept by the people who got the answers, and held against the system afterwards.
 *
 * What is acknowledged: a user was made, a session opened or ended, a message promised, a password changed. A request
 * that ends without an answer, or with a fault, acknowledges nothing, and is never repeated for the same address: so a
 * second message to an address is a double, and no retry.
 */

import type { Message } from '../../src/index.js'
import type { Answer, Call } from '../scale/traffic.js'
import { call } from '../scale/traffic.js'
import { password } from '../scale/nodes.js'

/** What the system owes, and what it was found to have. */
export interface Account {
  readonly promised: number
  readonly lost: readonly string[]
  readonly revived: readonly string[]
  readonly doubled: readonly string[]
  /** Deliveries that came again under the same id, as at-least-once allows. */
  readonly again: number
  readonly errors: Readonly<Record<string, number>>
}

/** Who there is: each of these people is used by one task alone. */
export interface People {
  /** They sign in, look and sign out. */
  readonly visitors: readonly string[]
  /** They change their passwords again and again. */
  readonly changers: readonly string[]
  /** Known addresses that are asked a link for, each once. */
  readonly askers: readonly string[]
}

/** Where things are looked up that no request tells. */
export interface Books {
  readonly received: readonly Message[]
  query(text: string, values: readonly unknown[]): Promise<{ rows: Record<string, unknown>[] }>
}

const longestWaitMs = 60_000

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Starts the people at this port. */
export function startLedger(port: number, people: People) {
  let running = true
  let acknowledged = 0
  let numbers = 0
  const errors: Record<string, number> = {}
  const live = new Set<string>()
  const ended = new Set<string>()
  const made = new Set<string>()
  const promised = new Set<string>()
  const passwords = new Map<string, { good: Set<string>; bad: Set<string> }>()
  const lost: string[] = []
  const revived: string[] = []

  async function send(what: Call): Promise<Answer> {
    const answer = await call(port, what)
    const { status } = answer
    if (typeof status === 'string' || status >= 500 || status === 429) {
      errors[String(status)] = (errors[String(status)] ?? 0) + 1
      // Whoever meets a fault comes back a moment later.
      await pause(100)
    }
    return answer
  }

  async function acknowledge<T>(set: Set<T>, thing: T): Promise<void> {
    set.add(thing)
    acknowledged++
    await pause(5)
  }

  const signIn = (email: string, secret: string): Promise<Answer> =>
    send({ method: 'POST', path: '/auth/password/request', body: { email, password: secret } })

  async function visit(email: string, round: number): Promise<void> {
    const { status, cookie } = await signIn(email, password)
    if (status !== 200 || cookie === undefined) return
    await acknowledge(live, cookie)
    if ((await send({ method: 'GET', path: '/auth/session', cookie })).status === 401)
      lost.push('session, at once')
    if (round % 2 === 0) return
    live.delete(cookie)
    if ((await send({ method: 'DELETE', path: '/auth/session', cookie })).status !== 204) return
    await acknowledge(ended, cookie)
    if ((await send({ method: 'GET', path: '/auth/session', cookie })).status === 200)
      revived.push('session, at once')
  }

  async function change(email: string, round: number): Promise<void> {
    const known = passwords.get(email) ?? { good: new Set([password]), bad: new Set<string>() }
    passwords.set(email, known)
    for (const good of known.good) {
      const { status, cookie } = await signIn(email, good)
      if (status !== 200 || cookie === undefined) continue
      // Of several that were possible it is this one.
      for (const other of known.good) if (other !== good) known.bad.add(other)
      known.good.clear()
      known.good.add(good)
      const next = `${password} ${String(++numbers)} ${String(round)}`
      // Until it is answered either may be right.
      known.good.add(next)
      const body = { currentPassword: good, password: next }
      const answer = await send({ method: 'PUT', path: '/auth/password', cookie, body })
      if (answer.status === 200 || answer.status === 204) {
        known.good.delete(good)
        known.bad.add(good)
        acknowledged++
      } else if (typeof answer.status === 'number' && answer.status < 500) known.good.delete(next)
      break
    }
    await pause(200)
  }

  async function join(): Promise<void> {
    const email = `new-${String(++numbers)}@example.com`
    const { status } = await send({ method: 'POST', path: '/auth/sign-up', body: { email, password } })
    if (status !== 202) return
    await acknowledge(made, email)
    promised.add(email)
    await pause(100)
  }

  async function ask(email: string): Promise<void> {
    const { status } = await send({ method: 'POST', path: '/auth/magic-link/request', body: { email } })
    if (status === 202) await acknowledge(promised, email)
    await pause(100)
  }

  async function repeat(task: (round: number) => Promise<void>): Promise<void> {
    for (let round = 0; running; round++) await task(round)
  }

  const askers = [...people.askers]
  const tasks = [
    ...people.visitors.map((email) => repeat((round) => visit(email, round))),
    ...people.changers.map((email) => repeat((round) => change(email, round))),
    repeat(join),
    repeat(async () => {
      const email = askers.pop()
      if (email === undefined) await pause(100)
      else await ask(email)
    }),
  ]

  async function judgePassword(email: string): Promise<void> {
    const { good, bad } = passwords.get(email) ?? { good: [], bad: [] }
    const opens = async (secret: string): Promise<boolean> => {
      for (;;) {
        const { status } = await call(port, {
          method: 'POST',
          path: '/auth/password/request',
          body: { email, password: secret },
        })
        if (status === 200) return true
        if (status === 401) return false
        // Too many wrong ones in a row are asked to wait.
        await pause(500)
      }
    }
    const right = await Promise.all([...good].map(opens))
    if (good instanceof Set && !right.includes(true)) lost.push(`password of ${email}`)
    const [latest] = [...bad].slice(-1)
    if (latest !== undefined && (await opens(latest))) revived.push(`password of ${email}`)
  }

  async function countSessions(cookies: ReadonlySet<string>, wrong: number): Promise<number> {
    let count = 0
    for (const cookie of cookies) {
      const { status } = await call(port, { method: 'GET', path: '/auth/session', cookie })
      if (status === wrong) count++
    }
    return count
  }

  return {
    /** Waits for so many more acknowledgments. */
    async progress(count: number): Promise<void> {
      const goal = acknowledged + count
      while (acknowledged < goal) await pause(20)
    },

    /** Ends the traffic, and holds every promise against what there is. */
    async settle(books: Books): Promise<Account> {
      running = false
      await Promise.all(tasks)
      const idsTo = (email: string): Set<string> =>
        new Set(
          books.received
            .filter(({ to, link }) => to.value === email && link !== undefined)
            .map(({ id }) => id),
        )
      const deadline = Date.now() + longestWaitMs
      while (Date.now() < deadline && [...promised].some((email) => idsTo(email).size === 0)) await pause(100)

      for (const email of promised) if (idsTo(email).size === 0) lost.push(`message to ${email}`)
      const { rows } = await books.query(
        `select value_key as email, count(*)::integer as count from latchkey.identities where value_key = any($1) group by 1`,
        [[...made]],
      )
      const users = new Map(rows.map((row) => [row['email'] as string, row['count'] as number]))
      for (const email of made) if (!users.has(email)) lost.push(`user ${email}`)
      for (const email of people.changers) await judgePassword(email)
      lost.push(...Array.from({ length: await countSessions(live, 401) }, () => 'session'))
      revived.push(...Array.from({ length: await countSessions(ended, 200) }, () => 'session'))
      const twice = [...promised].filter((email) => idsTo(email).size > 1)
      const doubled = [
        ...twice.map((email) => `message to ${email}`),
        ...[...users].filter(([, count]) => count > 1).map(([email]) => `user ${email}`),
      ]
      const distinct = new Set(books.received.map(({ id }) => id)).size
      return {
        promised: acknowledged,
        lost,
        revived,
        doubled,
        again: books.received.length - distinct,
        errors,
      }
    },
  }
}
