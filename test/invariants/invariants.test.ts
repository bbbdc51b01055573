/** The fifteen invariants of the domain, each by its number, on both engines. `scripts/mutants.mjs` removes each guard. */

import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { AuthError } from '../../src/index.js'
import type { ErrorCode, VerificationType } from '../../src/index.js'
import {
  enter,
  goodPassword,
  lastCode,
  lastToken,
  opens,
  otherCode,
  otherPassword,
  signIn,
  signUp,
} from '../../src/testing/suite/case.js'
import { engines } from '../harness/engines.js'
import { useKit } from '../harness/kit.js'

async function codeOf(work: Promise<unknown>): Promise<ErrorCode | null> {
  try {
    await work
    return null
  } catch (error) {
    if (AuthError.is(error)) return error.code
    throw error
  }
}

describe.each(engines)('$name', ({ open }) => {
  const kit = useKit(open)

  async function count(text: string, values: readonly unknown[] = []): Promise<number> {
    const { rows } = await kit().auth.query(`select count(*)::integer as count from latchkey.${text}`, values)
    return rows[0]?.['count'] as number
  }

  describe('invariant 1: one verified identity and one passwordless claim of an address', () => {
    it('the database itself refuses a second verified identity', async () => {
      const { identity } = await signUp(kit())
      const other = await signUp(kit())
      const text = `update latchkey.identities set value = $1, value_key = $1 where user_id = $2`
      const stolen = kit().auth.query(text, [identity.value, other.user.id])
      expect(await codeOf(stolen)).toBe('internal')
    })

    it('claims with a password coexist without limit, and a hundred passwordless requests make one', async () => {
      const email = kit().newEmail()
      for (let index = 0; index < 3; index++) {
        await kit().accounts.createUserWithPassword({ email, password: goodPassword })
      }
      const asked = Array.from({ length: 100 }, () => kit().accounts.findOrCreateEmailIdentity(email))
      expect(new Set((await Promise.all(asked)).map(({ user }) => user.id)).size).toBe(1)
      expect(await count('identities where value_key = $1', [email])).toBe(4)
    })
  })

  describe('invariant 2: only a verified identity is found, taken, recoverable or able to sign in', () => {
    it('a claim is none of these', async () => {
      const { accounts, inbox, newEmail } = kit()
      const email = newEmail()
      const { identity } = await accounts.createUserWithPassword({ email, password: goodPassword })
      expect(await accounts.getUserByEmail(email)).toBeNull()
      expect(await accounts.getVerifiedIdentity('email', email)).toBeNull()
      expect(await accounts.isEmailTaken(email)).toBe(false)
      expect(await opens(accounts, email, goodPassword)).toBe(false)
      await accounts.requestPasswordRecovery(email)
      expect(await inbox.to(email)).toEqual([])
      expect(await codeOf(accounts.issueIdentityVerification(identity, 'recovery'))).toBe('not_found')
    })
  })

  describe('invariant 3: the first to prove owns', () => {
    it('a later proof gets already_claimed and spends its secret', async () => {
      const { accounts, newEmail } = kit()
      const email = newEmail()
      const { identity } = await accounts.createUserWithPassword({ email, password: goodPassword })
      await accounts.requestEmailVerification(identity)
      const token = await lastToken(kit(), email)
      const { user } = await enter(kit(), email)
      expect(await codeOf(accounts.verifyMagicLink(token, 'email'))).toBe('already_claimed')
      expect(await codeOf(accounts.verifyMagicLink(token, 'email'))).toBe('invalid_token')
      expect((await accounts.getUserByEmail(email))?.id).toBe(user.id)
    })

    it('of claims that are proven at the same time one owns, and the others are told', async () => {
      const { accounts, newEmail } = kit()
      const email = newEmail()
      const tokens: string[] = []
      for (let index = 0; index < 4; index++) {
        const { identity } = await accounts.createUserWithPassword({ email, password: goodPassword })
        await accounts.requestEmailVerification(identity)
        tokens.push(await lastToken(kit(), email))
      }
      const outcomes = await Promise.all(
        tokens.map((token) => codeOf(accounts.verifyMagicLink(token, 'email'))),
      )
      expect(outcomes.sort()).toEqual(['already_claimed', 'already_claimed', 'already_claimed', null])
    })
  })

  describe('invariant 4: proving arms only what the prover set', () => {
    it('a password planted before the proof of a passwordless request is worthless', async () => {
      const { accounts, newEmail } = kit()
      const email = newEmail()
      const planted = await accounts.createUserWithPassword({ email, password: goodPassword })
      const { user } = await enter(kit(), email)
      expect(user.id).not.toBe(planted.user.id)
      expect(await opens(accounts, email, goodPassword)).toBe(false)
    })

    it.each(['password', 'session', 'identity'] as const)(
      'a claim that has a %s is not found again',
      async (what) => {
        const { accounts, newEmail } = kit()
        const email = newEmail()
        const held = await accounts.findOrCreateEmailIdentity(email)
        if (what === 'password') await accounts.setPassword(held.user, goodPassword)
        if (what === 'session') await accounts.generateUserSessionToken(held.user)
        if (what === 'identity')
          await accounts.addUserIdentity(held.user, { type: 'email', value: newEmail() })
        expect((await accounts.findOrCreateEmailIdentity(email)).user.id).not.toBe(held.user.id)
      },
    )

    it('a password set after a passwordless request does not live through its proof', async () => {
      const { accounts, auth, newEmail } = kit()
      const email = newEmail()
      const { user, identity } = await accounts.findOrCreateEmailIdentity(email)
      await accounts.issueIdentityVerification(identity, 'sign_in')
      const token = await lastToken(kit(), email)
      // Straight into the table, as if the change had slipped in between: the operation itself cancels the request.
      const text = `insert into latchkey.passwords (user_id, hash, changed_at)
        select $1, hash, statement_timestamp() + interval '1 second' from latchkey.passwords limit 1`
      await auth.query(text, [user.id])
      await accounts.verifyMagicLink(token, 'sign_in')
      expect(await count('passwords where user_id = $1', [user.id])).toBe(0)
    })

    it('a sign-up that is finished in another browser has the password of whoever finished it', async () => {
      const { accounts, newEmail } = kit()
      const email = newEmail()
      await accounts.requestSignUp({ email, password: goodPassword }, { flow: 'one browser' })
      await accounts.verifySignUpWithPassword(await lastToken(kit(), email), otherPassword)
      expect(await opens(accounts, email, goodPassword)).toBe(false)
      expect(await opens(accounts, email, otherPassword)).toBe(true)
    })

    it('a link of one browser does not prove an address for another', async () => {
      const { accounts, newEmail } = kit()
      const email = newEmail()
      const { identity } = await accounts.createUserWithPassword({ email, password: goodPassword })
      await accounts.requestEmailVerification(identity, { flow: 'the attacker' })
      const token = await lastToken(kit(), email)
      const opened = accounts.verifyMagicLink(token, 'email', { flow: 'the owner of the mailbox' })
      expect(await codeOf(opened)).toBe('confirmation_required')
      expect(await opens(accounts, email, goodPassword)).toBe(false)
    })
  })

  describe('invariant 5: a first proof, a recovery and a password change end and cancel the rest', () => {
    it('the first proof ends earlier sessions and cancels earlier requests', async () => {
      const { accounts, inbox, newEmail } = kit()
      const email = newEmail()
      const { user, identity } = await accounts.createUserWithPassword({ email, password: goodPassword })
      const planted = await accounts.generateUserSessionToken(user)
      await accounts.requestEmailVerification(identity, { flow: 'other' })
      const other = await lastToken(kit(), email)
      await accounts.requestEmailVerification(identity)
      await accounts.verifyMagicLink(await lastToken(kit(), email), 'email')
      expect(await accounts.getUserBySessionToken(planted)).toBeNull()
      expect(await codeOf(accounts.verifyMagicLink(other, 'email', { flow: 'other' }))).toBe('invalid_token')
      expect((await inbox.latest(email)).event).toBe('account_verified')
    })

    it('a password change spares its own session alone, and a recovery none', async () => {
      const { accounts, inbox } = kit()
      const { user, token } = await signIn(kit())
      const [identity] = await accounts.listUserIdentities(user)
      const email = identity?.value as string
      const other = await accounts.generateUserSessionToken(user)
      await accounts.requestPasswordRecovery(email)
      const pending = await lastToken(kit(), email)
      const session = (await accounts.getSession(token))?.session.id
      const change = { currentPassword: goodPassword, password: otherPassword, session }
      await accounts.changePassword(user, change)
      expect(await accounts.getUserBySessionToken(other)).toBeNull()
      expect(await accounts.getUserBySessionToken(token)).not.toBeNull()
      expect(await codeOf(accounts.resetPassword({ token: pending }, goodPassword))).toBe('invalid_token')
      expect((await inbox.latest(email)).event).toBe('password_changed')
      await accounts.requestPasswordRecovery(email)
      await accounts.verifyMagicLink(await lastToken(kit(), email), 'recovery')
      expect(await accounts.getUserBySessionToken(token)).toBeNull()
      expect((await inbox.latest(email)).event).toBe('account_recovered')
    })
  })

  describe('invariant 6: a verification is bound to purpose, value, user and flow', () => {
    it('every secret works on the diagonal of the purpose matrix alone', async () => {
      const { accounts, newEmail, newPhone } = kit()
      const purposes: readonly VerificationType[] = [
        'email',
        'phone',
        'sign_in',
        'recovery',
        'email_change',
        'phone_change',
      ]
      for (const issued of purposes) {
        const { user, identity } = await signUp(kit())
        const isPhone = issued.startsWith('phone')
        const value = isPhone ? newPhone() : newEmail()
        const claimed = isPhone || issued.endsWith('change')
        const target = claimed
          ? await accounts.addUserIdentity(user, { type: isPhone ? 'phone' : 'email', value })
          : identity
        await accounts.issueIdentityVerification(target, issued)
        const { code, token } = await kit().inbox.latest(target.value)
        for (const used of purposes.filter((each) => each !== issued)) {
          if (token !== undefined)
            expect(await codeOf(accounts.verifyMagicLink(token, used))).toBe('invalid_token')
          // Twice each, so that it would be dead if a try at another purpose counted.
          for (let times = 0; times < 2; times++) {
            const refused = accounts.verifyMagicCode(code as string, used, target.value)
            expect(await codeOf(refused)).toBe('invalid_token')
          }
        }
        expect(await codeOf(accounts.verifyMagicCode(code as string, issued, newEmail()))).toBe(
          'invalid_token',
        )
        expect(await codeOf(accounts.verifyMagicCode(code as string, issued, target.value))).toBeNull()
      }
    })
  })

  describe('invariant 6: an approval is of one verification in one flow', () => {
    it('lets in the browser that asked, once it is approved, and no other', async () => {
      const { accounts } = kit()
      const { user, identity } = await enter(kit())
      const flow = identity.id
      await accounts.issueIdentityVerification(identity, 'sign_in', { flow })
      const token = await lastToken(kit(), identity.value)
      const number = (await accounts.getPendingSignIn({ flow }))?.number as string
      expect(await accounts.redeemApprovedSignIn({ flow })).toBeNull()
      await accounts.approveMagicLink(token, number)
      expect(await accounts.redeemApprovedSignIn({ flow: 'another browser' })).toBeNull()
      expect((await accounts.redeemApprovedSignIn({ flow }))?.user.id).toBe(user.id)
    })
  })

  describe('invariant 7: one live verification per user, purpose, value and flow', () => {
    it('a new request replaces the older one of its flow, in any spelling, and no other', async () => {
      const { accounts, newEmail } = kit()
      const email = newEmail()
      const { user } = await accounts.createUserWithEmail(email)
      const { identity } = await accounts.findOrCreateEmailIdentity(email.toUpperCase())
      await accounts.issueIdentityVerification(identity, 'sign_in', { flow: 'a' })
      const other = await lastToken(kit(), email)
      await accounts.issueIdentityVerification(identity, 'sign_in')
      const older = await lastToken(kit(), email)
      await accounts.issueIdentityVerification(identity, 'sign_in')
      expect(await count('verifications where user_id = $1', [user.id])).toBe(2)
      expect(await codeOf(accounts.verifyMagicLink(older, 'sign_in'))).toBe('invalid_token')
      expect(await codeOf(accounts.verifyMagicLink(other, 'sign_in', { flow: 'a' }))).toBeNull()
    })
  })

  describe('invariant 8: one winner, and every guess is counted first', () => {
    it('of 32 redemptions of one link one wins', async () => {
      const { identity } = await enter(kit())
      await kit().accounts.issueIdentityVerification(identity, 'sign_in')
      const token = await lastToken(kit(), identity.value)
      const racers = Array.from({ length: 32 }, () =>
        codeOf(kit().accounts.verifyMagicLink(token, 'sign_in')),
      )
      const outcomes = await Promise.all(racers)
      expect(outcomes.filter((code) => code === null)).toHaveLength(1)
      expect(outcomes.filter((code) => code === 'invalid_token')).toHaveLength(31)
    })

    it('five wrong tries kill a code, links stay usable, and the next code has tries of its own', async () => {
      const { accounts } = kit()
      const { identity } = await enter(kit())
      await accounts.issueIdentityVerification(identity, 'sign_in')
      const code = await lastCode(kit(), identity.value)
      for (let step = 1; step <= 5; step++) {
        expect(await codeOf(accounts.verifyMagicCode(otherCode(code, step), 'sign_in', identity.value))).toBe(
          'invalid_token',
        )
      }
      expect(await codeOf(accounts.verifyMagicCode(code, 'sign_in', identity.value))).toBe('invalid_token')
      const { token } = (await kit().inbox.latest(identity.value)) as { token: string }
      expect(await codeOf(accounts.verifyMagicLink(token, 'sign_in'))).toBeNull()
      await accounts.issueIdentityVerification(identity, 'sign_in')
      const next = await lastCode(kit(), identity.value)
      expect(next).toMatch(/^[0-9]{8}$/)
      expect(await codeOf(accounts.verifyMagicCode(next, 'sign_in', identity.value))).toBeNull()
    })

    it('five misses of a day ask for eight digits and ten for ten, at the issue and at the try', async () => {
      const { accounts, clock } = kit()
      const { identity } = await enter(kit())
      const sent = async (flow: string) => {
        await accounts.issueIdentityVerification(identity, 'sign_in', { flow })
        return lastCode(kit(), identity.value)
      }
      const tryCode = (code: string, flow: string) =>
        codeOf(accounts.verifyMagicCode(code, 'sign_in', identity.value, { flow }))
      const early = await sent('owner')
      for (const flow of ['one', 'two']) {
        const code = await sent(flow)
        for (let step = 1; step <= 5; step++) await tryCode(otherCode(code, step), flow)
      }
      expect(await tryCode(early, 'owner')).toBe('invalid_token')
      const code = await sent('owner')
      expect(code).toMatch(/^[0-9]{10}$/)
      expect(await tryCode(code, 'owner')).toBeNull()
      clock.advance('25h')
      const next = await sent('owner')
      expect(next).toMatch(/^[0-9]{6}$/)
      expect(await tryCode(next, 'owner')).toBeNull()
    })

    it('three wrong numbers end the approval of a sign-in, also when it is asked for again', async () => {
      const { accounts } = kit()
      const { identity } = await enter(kit())
      const flow = identity.id
      for (const tries of [3, 1]) {
        await accounts.issueIdentityVerification(identity, 'sign_in', { flow })
        const token = await lastToken(kit(), identity.value)
        const number = (await accounts.getPendingSignIn({ flow }))?.number as string
        for (let step = 0; step < tries; step++) {
          const wrong = String(10 + ((Number(number) - 9 + step) % 90))
          const code = tries === 3 ? 'input_invalid' : 'invalid_token'
          expect(await codeOf(accounts.approveMagicLink(token, wrong))).toBe(code)
        }
        expect(await codeOf(accounts.approveMagicLink(token, number))).toBe('invalid_token')
      }
      expect(await accounts.redeemApprovedSignIn({ flow })).toBeNull()
    })

    it('a right code costs nothing of the day', async () => {
      const { accounts } = kit()
      const { identity } = await enter(kit())
      for (let times = 0; times < 12; times++) {
        await accounts.issueIdentityVerification(identity, 'sign_in')
        const code = await lastCode(kit(), identity.value)
        expect(await codeOf(accounts.verifyMagicCode(code, 'sign_in', identity.value))).toBeNull()
      }
    })
  })

  describe('invariant 9: expiry is judged by the database inside the statement', () => {
    it('a link, a code and a session end without a sweep', async () => {
      const { accounts, clock } = kit()
      const { user, identity } = await enter(kit())
      const session = await accounts.generateUserSessionToken(user)
      await accounts.issueIdentityVerification(identity, 'sign_in')
      const { code, token } = (await kit().inbox.latest(identity.value)) as { code: string; token: string }
      clock.advance('15m')
      expect(await codeOf(accounts.verifyMagicCode(code, 'sign_in', identity.value))).toBe('invalid_token')
      expect(await codeOf(accounts.verifyMagicLink(token, 'sign_in'))).toBe('invalid_token')
      clock.advance('14d')
      expect(await accounts.getUserBySessionToken(session)).toBeNull()
      expect(await count('verifications where user_id = $1', [user.id])).toBe(1)
    })
  })

  describe('invariant 10: a code is six digits, kept as a MAC bound to its verification', () => {
    it('the row holds neither the code nor a plain hash of it, and the digits are what is sent', async () => {
      const { accounts, auth } = kit()
      const { user, identity } = await enter(kit())
      await accounts.issueIdentityVerification(identity, 'sign_in')
      const code = await lastCode(kit(), identity.value)
      expect(code).toMatch(/^[0-9]{6}$/)
      const { rows } = await auth.query('select * from latchkey.verifications where user_id = $1', [user.id])
      const dump = JSON.stringify(rows)
      expect(dump).not.toContain(code)
      const mac = Buffer.from(rows[0]?.['code_mac'] as Uint8Array)
      expect(mac).toHaveLength(32)
      expect(mac.equals(createHash('sha256').update(code).digest())).toBe(false)
    })

    it('a MAC that is moved to another verification does not match there', async () => {
      const { accounts, auth } = kit()
      const [one, two] = [await enter(kit()), await enter(kit())]
      await accounts.issueIdentityVerification(one.identity, 'sign_in')
      await accounts.issueIdentityVerification(two.identity, 'sign_in')
      const code = await lastCode(kit(), one.identity.value)
      const text = `update latchkey.verifications set code_mac =
        (select code_mac from latchkey.verifications where user_id = $1) where user_id = $2`
      await auth.query(text, [one.user.id, two.user.id])
      expect(await codeOf(accounts.verifyMagicCode(code, 'sign_in', two.identity.value))).toBe(
        'invalid_token',
      )
    })
  })

  describe('invariant 11: a session token is its id and 32 random bytes, of which the row holds SHA-256', () => {
    it('the token is the one preimage of its row', async () => {
      const { accounts, auth } = kit()
      const { token } = await signIn(kit())
      const bytes = Buffer.from(token, 'base64url')
      expect(bytes).toHaveLength(48)
      const session = (await accounts.getSession(token))?.session
      expect(bytes.subarray(0, 16).toString('hex')).toBe(session?.id.replaceAll('-', ''))
      const { rows } = await auth.query('select secret_hash from latchkey.sessions where id = $1', [
        session?.id,
      ])
      const hash = Buffer.from(rows[0]?.['secret_hash'] as Uint8Array)
      expect(hash.equals(createHash('sha256').update(bytes.subarray(16)).digest())).toBe(true)
    })

    it('the right id with another secret is nobody', async () => {
      const { accounts } = kit()
      const { token } = await signIn(kit())
      const forged = Buffer.from(token, 'base64url')
      forged[47] = (forged[47] as number) ^ 1
      expect(await accounts.getUserBySessionToken(forged.toString('base64url'))).toBeNull()
      expect(await accounts.getSession(forged.toString('base64url'))).toBeNull()
      expect(await accounts.revokeUserSessionToken(forged.toString('base64url'))).toEqual([])
    })
  })

  describe('invariant 12: reading never writes', () => {
    it('a session is the same row after a hundred checks, and touching waits for its hour', async () => {
      const { accounts, auth, clock } = kit()
      const { token } = await signIn(kit())
      const read = async (): Promise<string> => {
        const id = (await accounts.getSession(token))?.session.id
        const { rows } = await auth.query('select s.*, s.xmin::text from latchkey.sessions s where id = $1', [
          id,
        ])
        return JSON.stringify(rows)
      }
      const before = await read()
      for (let times = 0; times < 100; times++) await accounts.getUserBySessionToken(token)
      const { session } = (await accounts.getSession(token)) as { session: { id: string } }
      expect(await accounts.touchSession(session)).toBeNull()
      expect(await read()).toBe(before)
      clock.advance('1h')
      expect(await accounts.touchSession(session)).not.toBeNull()
    })
  })

  describe('invariant 13: deleting a user cascades to everything but the audit', () => {
    it('leaves no row of the user behind', async () => {
      const { accounts } = kit()
      const { user } = await signIn(kit())
      const [identity] = await accounts.listUserIdentities(user)
      await accounts.issueIdentityVerification({ id: identity?.id as string }, 'sign_in')
      await accounts.deleteUser(user)
      for (const table of ['passwords', 'identities', 'sessions', 'verifications', 'outbox']) {
        expect(await count(`${table} where user_id = $1`, [user.id])).toBe(0)
      }
      expect(await count('audit where user_id = $1', [user.id])).toBeGreaterThan(3)
    })
  })

  describe('invariant 14: what is stored is what is proven is where the message goes', () => {
    it('an address keeps one spelling through all three', async () => {
      const { accounts, inbox, newEmail } = kit()
      const [local, domain] = newEmail().split('@') as [string, string]
      const { identity } = await accounts.findOrCreateEmailIdentity(`  ${local}@BÜCHER.${domain} `)
      expect(identity.value).toBe(`${local}@xn--bcher-kva.${domain}`)
      await accounts.requestEmailVerification(identity)
      const message = await inbox.latest(identity.value)
      const verified = await accounts.verifyMagicLink(message.token as string, 'email')
      expect([verified.verification.value, message.to.value]).toEqual([identity.value, identity.value])
      expect(await accounts.isEmailTaken(`${local}@bücher.${domain}`)).toBe(true)
    })
  })

  describe('invariant 15: a password is counted in code points and never changed', () => {
    it('12 emoji are enough, NFC is the same, and case, spaces and the end all count', async () => {
      const { accounts } = kit()
      const { user, identity } = await signUp(kit())
      const emoji = '🦉🌲🎈🍋🚲🎻🧭🌊🦊🎲🍩🔭'
      await accounts.setPassword(user, emoji)
      expect(await opens(accounts, identity.value, emoji)).toBe(true)
      expect(await codeOf(accounts.setPassword(user, emoji.slice(2)))).toBe('input_invalid')
      const long = `${'é'.repeat(99)} Z `
      await accounts.setPassword(user, long.normalize('NFD'))
      expect(await opens(accounts, identity.value, long)).toBe(true)
      for (const near of [long.trim(), long.toLowerCase(), `${long}x`, long.slice(0, 72)]) {
        expect(await opens(accounts, identity.value, near)).toBe(false)
      }
    })
  })
})
