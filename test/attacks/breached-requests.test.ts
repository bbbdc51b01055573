/**
 * The online range check is somebody else's service: a stranger must not be able to make this one ask it at will. It is
 * asked once for each password that is about to be set, after the limits, and only for whoever holds a right secret.
 */

import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { AuthOptions } from '../../src/index.js'
import { password as passwordStrategy } from '../../src/strategies/index.js'
import {
  goodPassword,
  lastCode,
  lastToken,
  otherCode,
  otherPassword,
  signUp,
} from '../../src/testing/suite/case.js'
import { postgres } from '../harness/engines.js'
import { openBrowser } from '../harness/http-client.js'
import type { UrlKit } from '../harness/kit.js'
import { createKit } from '../../src/testing/suite/case.js'

const asked: string[] = []
const service = createServer((request, response) => {
  asked.push(request.url ?? '')
  response.end('')
})
const maxSignUps = 10
let kit: UrlKit

beforeAll(async () => {
  service.listen(0, '127.0.0.1')
  await once(service, 'listening')
  const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`
  const options: AuthOptions = {
    strategies: [passwordStrategy()],
    password: { breached: { url } },
    limits: { signUpNetwork: { limit: maxSignUps } },
  }
  const opened = await postgres.open(options)
  kit = { ...createKit(opened, 'breached'), url: opened.url ?? '' }
})

afterAll(async () => {
  await kit.auth.close()
  service.close()
})

beforeEach(() => void asked.splice(0))

it('is asked once for each sign-up that the limits let through, of a thousand requests', async () => {
  const { request } = openBrowser(kit.auth, { address: '192.0.2.1' })
  const statuses = new Map<number, number>()
  for (let count = 0; count < 1000; count++) {
    const body = { email: kit.newEmail(), password: `${goodPassword} ${count}` }
    const { status } = await request('POST', '/sign-up', { body })
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
  }
  expect([Object.fromEntries(statuses), asked.length]).toEqual([
    { 202: maxSignUps, 429: 1000 - maxSignUps },
    maxSignUps,
  ])
}, 60_000)

it('is not asked about what a list or a rule refuses', async () => {
  const { request } = openBrowser(kit.auth, { address: '192.0.2.2' })
  for (const password of ['short', 'passwordpassword', '123456789012']) {
    expect((await request('POST', '/sign-up', { body: { email: kit.newEmail(), password } })).status).toBe(
      422,
    )
  }
  expect(asked).toEqual([])
})

it('is asked once by whoever holds the secret of a recovery, and never by who guesses it', async () => {
  const { accounts } = kit
  const { identity } = await signUp(kit)
  asked.splice(0)
  await accounts.requestPasswordRecovery(identity.value)
  const code = await lastCode(kit, identity.value)
  const email = identity.value
  await expect(accounts.resetPassword({ email, code: otherCode(code) }, otherPassword)).rejects.toThrow()
  await expect(accounts.resetPassword({ token: 'x'.repeat(43) }, otherPassword)).rejects.toThrow()
  expect(asked).toEqual([])
  await accounts.resetPassword({ email, code }, otherPassword)
  expect(asked).toHaveLength(1)
  await accounts.requestPasswordRecovery(email)
  await accounts.resetPassword({ token: await lastToken(kit, email) }, goodPassword)
  expect(asked).toHaveLength(2)
})

it('is asked once for a change, after the current password was right', async () => {
  const { accounts } = kit
  const { user } = await signUp(kit)
  asked.splice(0)
  const change = (currentPassword: string) =>
    accounts.changePassword(user, { currentPassword, password: otherPassword })
  await expect(change('not the current one')).rejects.toThrow()
  expect(asked).toEqual([])
  await change(goodPassword)
  expect(asked).toHaveLength(1)
})
