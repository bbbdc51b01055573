/** A link opened in another browser than the requesting one. */

import assert from 'node:assert/strict'
import type { Case, Kit } from './case.js'
import { assertRefused, enter, goodPassword, lastToken, signUp } from './case.js'

const asked = { ip: '192.0.2.7', userAgent: 'Mozilla/5.0 (X11)' }

/** Requests a sign-in in a new browser. */
async function ask(kit: Kit) {
  const { identity } = await enter(kit)
  const flow = `the waiting browser of ${identity.id}`
  await kit.accounts.issueIdentityVerification(identity, 'sign_in', { flow, ...asked })
  const pending = await kit.accounts.getPendingSignIn({ flow })
  return { identity, flow, token: await lastToken(kit, identity.value), number: pending?.number as string }
}

/** A different number of two digits. */
function otherNumber(number: string, step: number): string {
  return String(10 + ((Number(number) - 10 + step) % 90))
}

export const approvalCases: readonly Case[] = [
  {
    name: 'tells what a link would do and where it was asked for, and spends nothing',
    async run(kit) {
      const { accounts, clock } = kit
      const { identity, flow, token } = await ask(kit)
      const before = clock.now().getTime()
      const shown = await accounts.getMagicLinkRequest(token, 'sign_in', { flow: 'another' })
      assert.ok(Math.abs((shown?.requestedAt.getTime() ?? 0) - before) < 60_000)
      assert.deepEqual(
        { ...shown, requestedAt: null },
        {
          type: 'sign_in',
          value: identity.value,
          requestedAt: null,
          ...asked,
          sameFlow: false,
          needsPassword: false,
        },
      )
      assert.equal((await accounts.getMagicLinkRequest(token, 'sign_in', { flow }))?.sameFlow, true)
      assert.equal((await accounts.getMagicLinkRequest(token, 'sign_in'))?.sameFlow, false)
      await accounts.verifyMagicLink(token, 'sign_in', { flow })
      assert.equal(await accounts.getMagicLinkRequest(token, 'sign_in', { flow }), null)
    },
  },
  {
    name: 'knows nothing of a link that is malformed, expired or of another purpose',
    async run(kit) {
      const { accounts, clock } = kit
      const { token } = await ask(kit)
      assert.equal(await accounts.getMagicLinkRequest(token, 'email'), null)
      assert.equal(await accounts.getMagicLinkRequest('x', 'sign_in'), null)
      clock.advance('15m')
      assert.equal(await accounts.getMagicLinkRequest(token, 'sign_in'), null)
      await assertRefused(accounts.getMagicLinkRequest([] as never, 'sign_in'), 'input_invalid')
      await assert.rejects(accounts.getMagicLinkRequest(token, 'parole' as never), TypeError)
    },
  },
  {
    name: 'says whether another browser needs a password to finish a sign-up',
    async run(kit) {
      const { accounts, newEmail } = kit
      const [withPassword, without] = [newEmail(), newEmail()]
      await accounts.requestSignUp({ email: withPassword, password: goodPassword })
      const shown = await accounts.getMagicLinkRequest(await lastToken(kit, withPassword), 'email')
      assert.deepEqual([shown?.needsPassword, shown?.sameFlow], [true, true])
      assert.deepEqual([shown?.ip, shown?.userAgent], [null, null])
      const { identity } = await accounts.findOrCreateEmailIdentity(without)
      await accounts.requestEmailVerification(identity)
      const other = await accounts.getMagicLinkRequest(await lastToken(kit, without), 'email')
      assert.equal(other?.needsPassword, false)
      const proven = await signUp(kit)
      await accounts.requestEmailVerification(proven.identity)
      const third = await accounts.getMagicLinkRequest(await lastToken(kit, proven.identity.value), 'email')
      assert.equal(third?.needsPassword, false)
    },
  },
  {
    name: 'lets the waiting browser in, once, when the holder of the link types its number',
    async run(kit) {
      const { accounts } = kit
      const { identity, flow, token, number } = await ask(kit)
      assert.match(number, /^[1-9][0-9]$/)
      assert.equal(await accounts.redeemApprovedSignIn({ flow }), null)
      await accounts.approveMagicLink(token, number)
      assert.equal((await accounts.getPendingSignIn({ flow }))?.approved, true)
      assert.equal(await accounts.redeemApprovedSignIn({ flow: 'another browser' }), null)
      const verified = await accounts.redeemApprovedSignIn({ flow })
      assert.deepEqual([verified?.user.id, verified?.verification.type], [identity.userId, 'sign_in'])
      assert.equal(await accounts.redeemApprovedSignIn({ flow }), null)
      assert.equal(await accounts.getPendingSignIn({ flow }), null)
      await assertRefused(accounts.verifyMagicLink(token, 'sign_in', { flow }), 'invalid_token')
    },
  },
  {
    name: 'proves a new address by an approval, as its link would',
    async run(kit) {
      const { accounts, inbox, newEmail } = kit
      const email = newEmail()
      const { user, identity } = await accounts.findOrCreateEmailIdentity(email)
      await accounts.issueIdentityVerification(identity, 'sign_in', { flow: email })
      const { number } = (await accounts.getPendingSignIn({ flow: email })) as { number: string }
      await accounts.approveMagicLink(await lastToken(kit, email), number)
      const verified = await accounts.redeemApprovedSignIn({ flow: email })
      assert.notEqual(verified?.identity?.verifiedAt ?? null, null)
      assert.equal((await accounts.getUserByEmail(email))?.id, user.id)
      const told = (await inbox.to(email)).slice(-2).map(({ event }) => event)
      assert.deepEqual(told.sort(), ['account_verified', 'sign_in_approved'])
    },
  },
  {
    name: 'ends the approval after three wrong numbers, and leaves the link to its own browser',
    async run(kit) {
      const { accounts, auth } = kit
      const { identity, flow, token, number } = await ask(kit)
      for (let step = 1; step <= 3; step++) {
        const wrong = accounts.approveMagicLink(token, otherNumber(number, step))
        await assertRefused(wrong, 'input_invalid', ['number', 'mismatch'])
      }
      await assertRefused(accounts.approveMagicLink(token, number), 'invalid_token')
      await accounts.issueIdentityVerification(identity, 'sign_in', { flow })
      const again = await lastToken(kit, identity.value)
      const next = (await accounts.getPendingSignIn({ flow }))?.number as string
      await assertRefused(accounts.approveMagicLink(again, next), 'invalid_token')
      assert.equal(await accounts.redeemApprovedSignIn({ flow }), null)
      await accounts.verifyMagicLink(again, 'sign_in', { flow })
      const text = `select count(*)::integer as count from latchkey.audit where reason = 'number_wrong' and detail->>'purpose' = 'sign_in'`
      assert.ok(Number((await auth.query(text)).rows[0]?.['count']) >= 3)
    },
  },
  {
    name: 'counts no right number, and nothing that is no number',
    async run(kit) {
      const { accounts } = kit
      const { flow, token, number } = await ask(kit)
      for (const text of ['7', '007', 'ab', '１２', ' 12']) {
        await assertRefused(accounts.approveMagicLink(token, text), 'input_invalid', ['number', 'format'])
      }
      for (const value of [null, 42, [], {}]) {
        await assertRefused(accounts.approveMagicLink(token, value as never), 'input_invalid')
      }
      for (let times = 0; times < 5; times++) await accounts.approveMagicLink(token, number)
      assert.notEqual(await accounts.redeemApprovedSignIn({ flow }), null)
    },
  },
  {
    name: 'takes an approval back when the browser asks anew, and with the end of the link',
    async run(kit) {
      const { accounts, clock } = kit
      const { identity, flow, token, number } = await ask(kit)
      await accounts.approveMagicLink(token, number)
      await accounts.issueIdentityVerification(identity, 'sign_in', { flow })
      assert.equal(await accounts.redeemApprovedSignIn({ flow }), null)
      const next = (await accounts.getPendingSignIn({ flow })) as { number: string; approved: boolean }
      assert.equal(next.approved, false)
      await accounts.approveMagicLink(await lastToken(kit, identity.value), next.number)
      clock.advance('15m')
      assert.equal(await accounts.redeemApprovedSignIn({ flow }), null)
      assert.equal(await accounts.getPendingSignIn({ flow }), null)
    },
  },
  {
    name: 'redeems the newest sign-in of a browser alone, whose number it shows',
    async run(kit) {
      const { accounts, clock } = kit
      const { flow, token, number } = await ask(kit)
      await accounts.approveMagicLink(token, number)
      clock.advance('1s')
      const other = await enter(kit)
      await accounts.issueIdentityVerification(other.identity, 'sign_in', { flow })
      assert.equal(await accounts.redeemApprovedSignIn({ flow }), null)
      const { number: next } = (await accounts.getPendingSignIn({ flow })) as { number: string }
      await accounts.approveMagicLink(await lastToken(kit, other.identity.value), next)
      assert.equal((await accounts.redeemApprovedSignIn({ flow }))?.user.id, other.user.id)
    },
  },
  {
    name: 'approves nothing but a sign-in that a browser asked for',
    async run(kit) {
      const { accounts } = kit
      const { identity } = await enter(kit)
      await accounts.issueIdentityVerification(identity, 'sign_in')
      await assertRefused(
        accounts.approveMagicLink(await lastToken(kit, identity.value), '42'),
        'invalid_token',
      )
      await accounts.requestPasswordRecovery(identity.value, { flow: 'recovering' })
      await assertRefused(
        accounts.approveMagicLink(await lastToken(kit, identity.value), '42'),
        'invalid_token',
      )
      assert.equal(await accounts.getPendingSignIn({ flow: 'recovering' }), null)
      await assertRefused(accounts.getPendingSignIn({} as never), 'input_invalid', ['flow', 'required'])
      await assertRefused(accounts.redeemApprovedSignIn({ flow: 7 } as never), 'input_invalid')
    },
  },
  {
    name: 'shows a number for a disabled user as for anybody, and lets nobody in',
    async run(kit) {
      const { accounts } = kit
      const { user, identity } = await enter(kit)
      await accounts.disableUser(user)
      await accounts.issueIdentityVerification(identity, 'sign_in', { flow: identity.id })
      assert.match((await accounts.getPendingSignIn({ flow: identity.id }))?.number ?? '', /^[1-9][0-9]$/)
      assert.equal(await accounts.redeemApprovedSignIn({ flow: identity.id }), null)
    },
  },
]
