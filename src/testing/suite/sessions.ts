/** Sessions and their tokens. */

import assert from 'node:assert/strict'
import type { Case } from './case.js'
import { assertRefused, signIn, signUp } from './case.js'

const nobody = '00000000-0000-4000-8000-000000000000'

export const sessionCases: readonly Case[] = [
  {
    name: 'makes a token that names its user, with what is known of the browser',
    async run(kit) {
      const { accounts } = kit
      const { user } = await signUp(kit)
      const context = { ip: '2001:db8::1', userAgent: 'Browser/1.0', methods: ['password', 'totp'] }
      const token = await accounts.generateUserSessionToken(user, context)
      assert.match(token, /^[A-Za-z0-9_-]{64}$/)
      assert.equal((await accounts.getUserBySessionToken(token))?.id, user.id)
      const found = await accounts.getSession(token)
      assert.equal(found?.user.id, user.id)
      assert.deepEqual([found.session.ip, found.session.userAgent], ['2001:db8::1', 'Browser/1.0'])
      assert.deepEqual(found.session.methods, ['password', 'totp'])
    },
  },
  {
    name: 'answers null for everything but a live token',
    async run(kit) {
      const { accounts } = kit
      const { token } = await signIn(kit)
      const flipped = `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`
      for (const value of [
        null,
        undefined,
        0,
        {},
        [],
        '',
        token.slice(1),
        `${token}=`,
        ` ${token}`,
        flipped,
      ]) {
        assert.equal(await accounts.getUserBySessionToken(value), null)
        assert.equal(await accounts.getSession(value), null)
        assert.deepEqual(await accounts.revokeUserSessionToken(value), [])
      }
    },
  },
  {
    name: 'answers checks that come together each for itself: doubles, strangers and forgeries among them',
    async run(kit) {
      const { accounts } = kit
      const [ada, eve] = [await signIn(kit), await signIn(kit)]
      const forged = Buffer.from(ada.token, 'base64url')
      // The id of one session with the secret of another.
      Buffer.from(eve.token, 'base64url').copy(forged, 16, 16)
      const ended = await accounts.generateUserSessionToken(eve.user)
      await accounts.revokeUserSessionToken(ended)
      const tokens = [ada.token, forged.toString('base64url'), eve.token, ended, ada.token, 'none']
      const owners = [ada.user.id, undefined, eve.user.id, undefined, ada.user.id, undefined]
      const rounds = Array.from({ length: 8 }, () => tokens).flat()
      const expected = Array.from({ length: 8 }, () => owners).flat()
      const users = await Promise.all(rounds.map((token) => accounts.getUserBySessionToken(token)))
      assert.deepEqual(
        users.map((user) => user?.id),
        expected,
      )
      const mixed = await Promise.all(
        rounds.map(async (token, index) =>
          index % 3 === 0
            ? (await accounts.getUserBySessionToken(token))?.id
            : (await accounts.getSession(token))?.session.userId,
        ),
      )
      assert.deepEqual(mixed, expected)
    },
  },
  {
    name: 'revokes one token, and says which session ended',
    async run(kit) {
      const { accounts } = kit
      const { token } = await signIn(kit)
      const id = (await accounts.getSession(token))?.session.id
      assert.deepEqual(await accounts.revokeUserSessionToken(token), [id])
      assert.deepEqual(await accounts.revokeUserSessionToken(token), [])
      assert.equal(await accounts.getUserBySessionToken(token), null)
    },
  },
  {
    name: 'revokes one of the user by its id, and none of a stranger',
    async run(kit) {
      const { accounts } = kit
      const { user, token } = await signIn(kit)
      const stranger = await signUp(kit)
      const id = (await accounts.getSession(token))?.session.id as string
      assert.deepEqual(await accounts.revokeUserSession(stranger.user, id), [])
      assert.deepEqual(await accounts.revokeUserSession(user, id), [id])
    },
  },
  {
    name: 'revokes all sessions but the one that is spared',
    async run(kit) {
      const { accounts } = kit
      const { user, token } = await signIn(kit)
      const others = [
        await accounts.generateUserSessionToken(user),
        await accounts.generateUserSessionToken(user),
      ]
      const except = (await accounts.getSession(token))?.session.id as string
      assert.equal((await accounts.revokeUserSessions(user, { except })).length, 2)
      for (const other of others) assert.equal(await accounts.getUserBySessionToken(other), null)
      assert.equal((await accounts.getUserBySessionToken(token))?.id, user.id)
      assert.deepEqual(await accounts.revokeUserSessions(user), [except])
      assert.equal(await accounts.getUserBySessionToken(token), null)
      await assertRefused(accounts.revokeUserSessions({ id: nobody }), 'not_found')
    },
  },
  {
    name: 'lists the live sessions, the latest first',
    async run(kit) {
      const { accounts, clock } = kit
      const { user, token } = await signIn(kit)
      clock.advance('1s')
      const later = await accounts.generateUserSessionToken(user, { userAgent: 'later' })
      const listed = await accounts.listUserSessions(user)
      assert.deepEqual(
        listed.map(({ userAgent }) => userAgent),
        ['later', null],
      )
      await accounts.revokeUserSessionToken(later)
      assert.equal((await accounts.listUserSessions(user)).length, 1)
      assert.equal((await accounts.getUserBySessionToken(token))?.id, user.id)
    },
  },
  {
    name: 'ends a session that is idle for 14 days, and extends it once an hour when touched',
    async run(kit) {
      const { accounts, clock } = kit
      const { token } = await signIn(kit)
      const session = (await accounts.getSession(token))?.session as { id: string; idleExpiresAt: Date }
      assert.equal(await accounts.touchSession(session), null)
      clock.advance('13d')
      const touched = await accounts.touchSession(session)
      assert.ok((touched?.idleExpiresAt.getTime() ?? 0) > session.idleExpiresAt.getTime())
      assert.equal(await accounts.touchSession(session), null)
      clock.advance('13d')
      assert.notEqual(await accounts.getUserBySessionToken(token), null)
      clock.advance('1d')
      assert.equal(await accounts.getUserBySessionToken(token), null)
      assert.equal(await accounts.touchSession(session), null)
    },
  },
  {
    name: 'never lives past its absolute end',
    async run(kit) {
      const { accounts, clock } = kit
      const { token } = await signIn(kit)
      const { session } = (await accounts.getSession(token)) as { session: { id: string; expiresAt: Date } }
      for (let days = 0; days < 84; days += 12) {
        clock.advance('12d')
        await accounts.touchSession(session)
      }
      const late = await accounts.getSession(token)
      assert.deepEqual(late?.session.idleExpiresAt, session.expiresAt)
      clock.advance('6d')
      assert.equal(await accounts.getUserBySessionToken(token), null)
    },
  },
  {
    name: 'refuses a session for a sign-in that is older than the last ending of all sessions',
    async run(kit) {
      const { accounts, clock } = kit
      const { user } = await signUp(kit)
      const authenticatedAt = clock.now()
      clock.advance('1s')
      await accounts.revokeUserSessions(user)
      await assertRefused(accounts.generateUserSessionToken(user, { authenticatedAt }), 'not_found')
      await accounts.generateUserSessionToken(user)
    },
  },
  {
    name: 'refuses a malformed context and a user who is gone',
    async run(kit) {
      const { accounts } = kit
      const { user } = await signUp(kit)
      for (const context of [
        { ip: '1.2.3' },
        { ip: 7 },
        { userAgent: {} },
        { methods: ['A'] },
        { methods: 'x' },
        [],
      ]) {
        await assertRefused(accounts.generateUserSessionToken(user, context as never), 'input_invalid')
      }
      await assertRefused(accounts.generateUserSessionToken({ id: nobody }), 'not_found')
      await assertRefused(accounts.generateUserSessionToken({ id: 7 as never }), 'input_invalid')
    },
  },
]
