/** Leaks: no secret that was minted stands in a dump of the database, in logs, errors or events. */

import { inspect } from 'node:util'
import { expect, it } from 'vitest'
import type { Message } from '../../src/index.js'
import { AuthError } from '../../src/index.js'
import { postgres } from '../harness/engines.js'
import { createRecorder, dump, dumpWithTool, holds } from '../harness/leaks.js'
import {
  enter,
  goodPassword,
  lastCode,
  lastToken,
  otherPassword,
  signUp,
} from '../../src/testing/suite/case.js'
import { storeCases } from '../../src/testing/store-suite.js'
import { createKit } from '../../src/testing/suite/case.js'

it('nothing that opens anything is at rest or told', async () => {
  const { lines, logger } = createRecorder()
  const minted: string[] = []
  let failing = 0
  const messages: Message[] = []
  const opened = await postgres.open({
    logger,
    sender: {
      deliver(message) {
        minted.push(...[message.token, message.code, message.link].filter((each) => each !== undefined))
        messages.push(message)
        if (failing++ % 5 === 0)
          return Promise.reject(new Error(`no ${message.link} ${message.token} ${message.code}`))
        return Promise.resolve()
      },
    },
  })
  const inbox = {
    all: () => Promise.resolve(messages),
    to: (value: string) => Promise.resolve(messages.filter(({ to }) => to.value === value)),
    latest: async (value?: string) => {
      await opened.auth.outbox.drain()
      opened.clock.advance('10s')
      await opened.auth.outbox.drain()
      return messages.filter(({ to }) => value === undefined || to.value === value).at(-1) as Message
    },
    clear: () => Promise.resolve(),
  }
  const kit = createKit({ ...opened, inbox }, 'leaks')
  const { accounts, auth } = kit
  const told: string[] = []
  auth.on('*', (event) => void told.push(inspect(event)))
  const errors: string[] = []
  const note = async (work: Promise<unknown>): Promise<void> => {
    const error = await work.then(
      () => null,
      (thrown: unknown) => thrown,
    )
    expect(AuthError.is(error)).toBe(true)
    errors.push(inspect(error, { depth: 9 }), JSON.stringify(error))
  }

  for (let round = 0; round < 4; round++) {
    const { user, identity } = await signUp(kit)
    const other = await enter(kit)
    const token = await accounts.generateUserSessionToken(user)
    minted.push(token, Buffer.from(token, 'base64url').subarray(16).toString('hex'))
    await accounts.issueIdentityVerification(identity, 'sign_in', { flow: 'the flow of a browser' })
    const link = await lastToken(kit, identity.value)
    await note(accounts.verifyMagicLink(link, 'sign_in'))
    await note(accounts.verifyMagicLink(link, 'recovery'))
    await accounts.requestPasswordRecovery(identity.value)
    const code = await lastCode(kit, identity.value)
    await note(accounts.verifyMagicCode(code, 'sign_in', identity.value))
    await note(accounts.resetPassword({ email: identity.value, code }, 'short'))
    await accounts.resetPassword({ email: identity.value, code }, otherPassword)
    await note(accounts.authenticateWithPassword({ email: identity.value, password: 'a wrong password' }))
    await note(
      accounts.changePassword(other.user, { currentPassword: goodPassword, password: otherPassword }),
    )
    // Still pending when the dump is made.
    await accounts.issueIdentityVerification(other.identity, 'sign_in')
  }
  minted.push(goodPassword, otherPassword, 'a wrong password', 'the flow of a browser')

  const database = await dump((text) => auth.query(text))
  await auth.outbox.drain()
  const everywhere = {
    database,
    pgDump: dumpWithTool(opened.url as string),
    logs: lines.join('\n'),
    events: told.join('\n'),
    errors: errors.join('\n'),
  }
  expect(minted.length).toBeGreaterThan(60)
  for (const [place, text] of Object.entries(everywhere)) {
    const found = minted.filter((secret) => holds(text, secret))
    expect(found, place).toEqual([])
  }
  expect([database.length > 10_000, lines.length > 0, told.length > 40]).toEqual([true, true, true])
  await auth.close()
})

it(
  'the whole Store suite leaves no secret of its own in the database or in the logs',
  { timeout: 120_000 },
  async () => {
    const { lines, logger } = createRecorder()
    const opened = await postgres.open({ logger })
    const minted = new Set<string>()
    const remember = (message: Message): Message => {
      for (const secret of [message.token, message.code]) if (secret !== undefined) minted.add(secret)
      return message
    }
    const { inbox, auth } = opened
    const watched = {
      ...opened,
      inbox: {
        ...inbox,
        all: async () => (await inbox.all()).map(remember),
        to: async (value: string) => (await inbox.to(value)).map(remember),
        latest: async (value?: string) => remember(await inbox.latest(value)),
      },
      auth: {
        ...auth,
        accounts: {
          ...auth.accounts,
          async generateUserSessionToken(...args: Parameters<typeof auth.accounts.generateUserSessionToken>) {
            const token = await auth.accounts.generateUserSessionToken(...args)
            minted.add(token).add(Buffer.from(token, 'base64url').subarray(16).toString('hex'))
            return token
          },
        },
      },
    }
    const kit = createKit(watched, 'dump')
    for (const { run } of Object.values(storeCases).flat()) await run(kit)
    for (const message of await inbox.all()) remember(message)
    const told = `${await dump((text) => auth.query(text))}\n${lines.join('\n')}`
    expect(minted.size).toBeGreaterThan(100)
    expect([...minted, goodPassword, otherPassword].filter((secret) => holds(told, secret))).toEqual([])
    await auth.close()
  },
)
