/** Name, username and metadata. */

import assert from 'node:assert/strict'
import type { Case } from './case.js'
import { assertRefused, signUp } from './case.js'

export const profileCases: readonly Case[] = [
  {
    name: 'leaves what is absent, clears what is null, and merges metadata key by key',
    async run(kit) {
      const { accounts, newUsername } = kit
      const { user } = await signUp(kit)
      const username = newUsername()
      const metadata = { locale: 'pt', nested: { a: 1 }, list: [1, 'two', null] }
      const first = await accounts.updateUserProfile(user, { name: '  Ada  ', username, metadata })
      assert.deepEqual([first.name, first.username, first.metadata], ['Ada', username, metadata])
      const second = await accounts.updateUserProfile(user, { metadata: { nested: null, more: true } })
      assert.deepEqual(second.metadata, { locale: 'pt', list: [1, 'two', null], more: true })
      assert.deepEqual([second.name, second.username], ['Ada', username])
      const third = await accounts.updateUserProfile(user, { name: null, username: null, metadata: null })
      assert.deepEqual([third.name, third.username, third.metadata], [null, null, {}])
    },
  },
  {
    name: 'keeps usernames unique without letter case, and lets the owner change the case',
    async run(kit) {
      const { accounts, newUsername } = kit
      const [{ user }, other] = [await signUp(kit), await signUp(kit)]
      const username = newUsername()
      await accounts.updateUserProfile(user, { username })
      const upper = username.toUpperCase()
      const stolen = accounts.updateUserProfile(other.user, { username: upper })
      await assertRefused(stolen, 'input_invalid', ['username', 'taken'])
      assert.equal((await accounts.updateUserProfile(user, { username: upper })).username, upper)
      assert.equal((await accounts.getUserByUsername(username))?.id, user.id)
      assert.equal(await accounts.isUsernameTaken(username), true)
      assert.equal(await accounts.isUsernameTaken('Admin'), true)
      assert.equal(await accounts.isUsernameTaken(newUsername()), false)
      assert.equal(await accounts.isUsernameTaken('7 of 9'), false)
    },
  },
  {
    name: 'refuses what breaks a rule, and tells which',
    async run(kit) {
      const { accounts } = kit
      const { user } = await signUp(kit)
      for (const [attrs, field, rule] of [
        [{ name: '   ' }, 'name', 'min'],
        [{ name: 'x'.repeat(161) }, 'name', 'max'],
        [{ name: 'a\u0000b' }, 'name', 'format'],
        [{ name: 'a\u202eb' }, 'name', 'format'],
        [{ name: 7 }, 'name', 'format'],
        [{ username: 'ab' }, 'username', 'min'],
        [{ username: 'x'.repeat(65) }, 'username', 'max'],
        [{ username: '1abc' }, 'username', 'format'],
        [{ username: 'root' }, 'username', 'taken'],
        [{ metadata: [] }, 'metadata', 'format'],
        [{ metadata: { a: undefined } }, 'metadata', 'format'],
        [{ metadata: { a: 'x\u0000' } }, 'metadata', 'format'],
        [{ metadata: { a: 'x'.repeat(20_000) } }, 'metadata', 'max'],
      ] as const) {
        await assertRefused(accounts.updateUserProfile(user, attrs as never), 'input_invalid', [field, rule])
      }
    },
  },
  {
    name: 'bounds what merged metadata may grow to',
    async run(kit) {
      const { user } = await signUp(kit)
      await kit.accounts.updateUserProfile(user, { metadata: { a: 'x'.repeat(9_000) } })
      const grown = kit.accounts.updateUserProfile(user, { metadata: { b: 'x'.repeat(9_000) } })
      await assertRefused(grown, 'input_invalid', ['metadata', 'max'])
    },
  },
  {
    name: 'keeps private metadata out of every user',
    async run(kit) {
      const { accounts } = kit
      const { user } = await signUp(kit)
      assert.deepEqual(await accounts.setPrivateMetadata(user, { risk: 3, note: 'x' }), {
        risk: 3,
        note: 'x',
      })
      assert.deepEqual(await accounts.setPrivateMetadata(user, { note: null }), { risk: 3 })
      assert.deepEqual(await accounts.getPrivateMetadata(user), { risk: 3 })
      assert.equal(JSON.stringify(await accounts.getUser(user)).includes('risk'), false)
    },
  },
  {
    name: 'ignores what is not part of a profile',
    async run(kit) {
      const { user } = await signUp(kit)
      const attrs = {
        name: 'Ada',
        id: 'x',
        disabledAt: new Date(),
        anonymous: true,
        privateMetadata: { a: 1 },
      }
      const updated = await kit.accounts.updateUserProfile(user, attrs)
      assert.deepEqual([updated.id, updated.disabledAt, updated.anonymous], [user.id, null, false])
      assert.deepEqual(await kit.accounts.getPrivateMetadata(user), {})
    },
  },
]
