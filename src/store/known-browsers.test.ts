/** Which users a browser is known to, how that ends, and what is written when a limit is reached. */

import { createHash, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { engines } from '../../test/harness/engines.js'
import { useKit } from '../../test/harness/kit.js'
import type { Account, Limit, LimitStore } from '../core/index.js'
import { createLimitStore } from './limits.js'
import type { Statement } from './queryable.js'
import { createRunner } from './runner.js'
import { tablesOf } from './statement.js'

const newName = (): string => randomBytes(16).toString('base64url')
const hashOf = (browser: string): Uint8Array => createHash('sha256').update(browser).digest()

describe.each(engines)('on $name', ({ open }) => {
  const kit = useKit(open)

  function limits(): LimitStore {
    const query = ({ text, values }: Statement) => kit().auth.query(text, values)
    return createLimitStore(createRunner({ query }, { inTransaction: false }), tablesOf('latchkey'))
  }

  async function verified(): Promise<Account & { email: string }> {
    const email = kit().newEmail()
    const user = await kit().accounts.importUser({ email, verified: true })
    const { identity } = await kit().accounts.findOrCreateEmailIdentity(email)
    return { ...user, identity, email }
  }

  async function know(userId: string, misses = 0): Promise<string> {
    const browser = newName()
    await kit().auth.query(
      `insert into latchkey.known_browsers (browser_hash, user_id, misses, expires_at)
       values ($1, $2, $3, now() + interval '1 day')`,
      [hashOf(browser), userId, misses],
    )
    return browser
  }

  const admitted = async (browser: string | null, email: string | null) => {
    const address = email === null ? null : { type: 'email', valueKey: email }
    const { known, userId } = await limits().admit([], { browser, address })
    return [known, userId]
  }
  const knows = (browser: string, email: string) =>
    limits().knows(browser, { type: 'email', valueKey: email })
  const messagesTo = async (userId: string): Promise<unknown[]> => {
    const { rows } = await kit().auth.query(
      'select event, to_value from latchkey.outbox where user_id = $1',
      [userId],
    )
    return rows
  }

  describe('a browser', () => {
    it('is known to whoever proved the address, and to nobody by an address that is only claimed', async () => {
      const { user, email } = await verified()
      const claimed = await kit().accounts.addUserIdentity(user, { type: 'email', value: kit().newEmail() })
      const browser = await know(user.id)
      expect(await admitted(browser, email)).toEqual([true, user.id])
      expect(await admitted(browser, claimed.value)).toEqual([false, null])
      expect([await knows(browser, email), await knows(browser, claimed.value)]).toEqual([true, false])
      expect(await admitted(newName(), email)).toEqual([false, user.id])
    })

    it('is not known to another, and without an address to whoever it is known to', async () => {
      const [ada, bob] = [await verified(), await verified()]
      const browser = await know(ada.user.id)
      expect(await admitted(browser, bob.email)).toEqual([false, bob.user.id])
      expect(await admitted(browser, null)).toEqual([true, null])
      expect(await admitted(newName(), null)).toEqual([false, null])
      expect(await admitted(null, null)).toEqual([false, null])
    })

    it('is known no more after a hundred wrong secrets in a row', async () => {
      const { user, email } = await verified()
      const browser = await know(user.id, 99)
      expect(await knows(browser, email)).toBe(true)
      await limits().miss({ limits: [], browser, userId: user.id })
      expect(await knows(browser, email)).toBe(false)
      expect(await admitted(browser, email)).toEqual([false, user.id])
      expect(await admitted(browser, null)).toEqual([false, null])
    })

    it('that misses is counted for that user alone', async () => {
      const [ada, bob] = [await verified(), await verified()]
      const browser = await know(ada.user.id, 99)
      await limits().miss({ limits: [], browser, userId: bob.user.id })
      await limits().miss({ limits: [], browser: newName(), userId: ada.user.id })
      expect(await knows(browser, ada.email)).toBe(true)
    })

    it('has its count ended by a sign-in', async () => {
      const { user, email } = await verified()
      const browser = await know(user.id, 99)
      await kit().accounts.generateUserSessionToken(user, { browser })
      await limits().miss({ limits: [], browser, userId: user.id })
      expect(await knows(browser, email)).toBe(true)
    })

    it('is known no longer than until its end', async () => {
      const { user, email } = await verified()
      const browser = await know(user.id)
      await kit().auth.query(
        `update latchkey.known_browsers set expires_at = now() - interval '1 second' where user_id = $1`,
        [user.id],
      )
      expect([await knows(browser, email), await admitted(browser, null)]).toEqual([false, [false, null]])
    })
  })

  describe('the wrong passwords in a row of an account', () => {
    const inARow = (subject: string): Limit => ({
      name: 'passwordInARow',
      subject,
      max: 100,
      windowMs: 86_400_000,
      beyond: 'tell',
    })
    const count = async (subject: string): Promise<unknown> =>
      (
        await kit().auth.query(
          `select count from latchkey.attempts where budget = 'passwordInARow' and subject = $1`,
          [subject],
        )
      ).rows[0]?.['count']

    it('are over after a sign-in or a new password of that user, and of no other', async () => {
      const [ada, bob] = [await verified(), await verified()]
      const ends = [
        () => kit().accounts.generateUserSessionToken(ada.user, {}),
        () => kit().accounts.setPassword(ada.user, 'seven wooden lanterns'),
      ]
      await limits().take([inARow(bob.user.id)])
      for (const end of ends) {
        await limits().take([inARow(ada.user.id)])
        expect(await count(ada.user.id)).toBe(1)
        await end()
        expect([await count(ada.user.id), await count(bob.user.id)]).toEqual([undefined, 1])
      }
    })

    it('are told to each proven address of a user who is not disabled', async () => {
      const [ada, bob] = [await verified(), await verified()]
      await kit().accounts.addUserIdentity(ada.user, { type: 'email', value: kit().newEmail() })
      await kit().accounts.disableUser(bob.user)
      for (const { user } of [ada, bob]) await limits().closed(user.id)
      expect(await messagesTo(ada.user.id)).toEqual([{ event: 'password_paused', to_value: ada.email }])
      expect(await messagesTo(bob.user.id)).toEqual([])
    })
  })

  it('that a limit is reached is written once a minute for each, whoever writes it', async () => {
    const both = async () => [await limits().reached('messageGlobal'), await limits().reached('signUpGlobal')]
    const written = async (): Promise<unknown> =>
      (
        await kit().auth.query(
          `select count(*)::integer as count from latchkey.audit where event = 'limit.reached' and reason in ('messageGlobal', 'signUpGlobal')`,
        )
      ).rows[0]?.['count']
    expect([await both(), await both()]).toEqual([
      [true, true],
      [false, false],
    ])
    expect(await written()).toBe(2)
    kit().clock.advance('61s')
    expect([await both(), await written()]).toEqual([[true, true], 4])
  })
})
