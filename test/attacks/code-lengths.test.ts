/**
 * Guessing codes with as many networks, browsers and codes as one likes: wrong tries make the codes of an address longer,
 * a shorter one is worthless at the try, and nobody is locked out.
 */

import { describe, expect, it } from 'vitest'
import type { VerificationType } from '../../src/index.js'
import { createCodeLengths } from '../../src/core/index.js'
import { enter, otherCode } from '../../src/testing/suite/case.js'
import { postgres } from '../harness/engines.js'
import { useKit } from '../harness/kit.js'
import { race } from '../harness/race.js'

const kit = useKit(postgres.open)
const oneIn100000 = 1 / 100_000

let browsers = 0
const newFlow = (): string => `browser ${browsers++}`

async function ask(
  identity: { id: string; value: string },
  flow: string,
  type: VerificationType = 'sign_in',
) {
  const { codeLength } = await kit().accounts.issueIdentityVerification(identity, type, { flow })
  const { code, token } = await kit().inbox.latest(identity.value)
  expect(code).toHaveLength(codeLength)
  return { flow, code: code as string, token: token as string, codeLength }
}

async function guess(email: string, code: string, flow: string): Promise<boolean> {
  try {
    await kit().accounts.verifyMagicCode(code, 'sign_in', email, { flow })
    return true
  } catch (error) {
    expect((error as { code?: string }).code).toBe('invalid_token')
    return false
  }
}

/** How many times a code of this address was compared. */
async function comparisonsOf(email: string): Promise<number> {
  const { rows } = await kit().auth.query(
    `select coalesce(sum(attempts), 0)::integer as tries from latchkey.verifications where value_key = $1`,
    [email],
  )
  return rows[0]?.['tries'] as number
}

async function missesOf(email: string): Promise<unknown> {
  const { rows } = await kit().auth.query(
    `select count from latchkey.attempts where budget = 'code' and subject = $1`,
    [email],
  )
  return rows[0]?.['count'] ?? 0
}

/** Wrong tries of strangers, five with each code. */
async function guessWrong(identity: { id: string; value: string }, times: number): Promise<void> {
  for (let done = 0; done < times; done += 5) {
    const { code, flow } = await ask(identity, newFlow())
    for (let step = 1; step <= Math.min(5, times - done); step++)
      await guess(identity.value, otherCode(code, step), flow)
  }
}

describe('the codes of an address', () => {
  it('have eight digits after five wrong tries of a day, ten after ten, and six again a day later', async () => {
    const { identity } = await enter(kit())
    const lengths: number[] = []
    for (const misses of [5, 5, 1]) {
      lengths.push((await ask(identity, 'owner')).codeLength)
      await guessWrong(identity, misses)
    }
    expect(lengths).toEqual([6, 8, 10])
    const last = await ask(identity, 'owner')
    expect(await guess(identity.value, last.code, 'owner')).toBe(true)
    kit().clock.advance('25h')
    expect((await ask(identity, 'owner')).codeLength).toBe(6)
  })

  it.each([
    ['email', 'email'],
    ['email', 'sign_in'],
    ['email', 'recovery'],
    ['phone', 'phone'],
    ['phone', 'sign_in'],
  ] as const)('to an %s are longer for the purpose %s too', async (kind, type) => {
    const { accounts, newPhone } = kit()
    const { user, identity: email } = await enter(kit())
    const phone =
      kind === 'phone' ? await accounts.addUserIdentity(user, { type: 'phone', value: newPhone() }) : null
    const identity = phone ?? email
    for (let step = 1; step <= 5; step++) {
      if (step === 1) await accounts.issueIdentityVerification(identity, type, { flow: 'stranger' })
      const { code } = await kit().inbox.latest(identity.value)
      await accounts
        .verifyMagicCode(otherCode(code as string, step), type, identity.value, { flow: 'stranger' })
        .catch(() => undefined)
    }
    expect(await accounts.issueIdentityVerification(identity, type, { flow: 'owner' })).toEqual({
      codeLength: 8,
    })
    const { code } = await kit().inbox.latest(identity.value)
    expect(code).toMatch(/^[0-9]{8}$/)
    if (type === 'recovery') return
    await accounts.verifyMagicCode(code as string, type, identity.value, { flow: 'owner' })
  })

  it.each(['email_change', 'phone_change'] as const)('are longer for the purpose %s too', async (type) => {
    const { accounts, newPhone, newEmail } = kit()
    const { user } = await enter(kit())
    const attrs =
      type === 'email_change'
        ? { type: 'email' as const, value: newEmail() }
        : { type: 'phone' as const, value: newPhone() }
    const identity = await accounts.addUserIdentity(user, attrs)
    await accounts.issueIdentityVerification(identity, type)
    const { code: first } = await kit().inbox.latest(identity.value)
    for (let step = 1; step <= 5; step++)
      await accounts
        .verifyMagicCode(otherCode(first as string, step), type, identity.value)
        .catch(() => undefined)
    expect(await accounts.issueIdentityVerification(identity, type)).toEqual({ codeLength: 8 })
    const { code } = await kit().inbox.latest(identity.value)
    const { user: proven } = await accounts.verifyMagicCode(code as string, type, identity.value)
    expect(proven.id).toBe(user.id)
  })

  it('that were asked for before the wrong tries are worthless after them: five codes in five flows are five guesses', async () => {
    const { identity } = await enter(kit())
    const owner = await ask(identity, 'owner')
    const strangers = []
    for (let index = 0; index < 5; index++) strangers.push(await ask(identity, `flow ${index}`))
    for (const { code, flow } of strangers)
      for (let step = 1; step <= 5; step++) await guess(identity.value, otherCode(code, step), flow)
    expect([await comparisonsOf(identity.value), await missesOf(identity.value)]).toEqual([5, 5])
    // Also a right one, and it costs nothing more.
    for (const { code, flow } of strangers) expect(await guess(identity.value, code, flow)).toBe(false)
    expect(await guess(identity.value, owner.code, 'owner')).toBe(false)
    expect([await comparisonsOf(identity.value), await missesOf(identity.value)]).toEqual([5, 5])
    // Nobody is locked out: the link works, and so does the next code.
    const next = await ask(identity, 'owner')
    expect([next.codeLength, await guess(identity.value, next.code, 'owner')]).toEqual([8, true])
  })

  it('are compared five times in a burst of forty guesses at eight codes, from real connections', async () => {
    const { identity } = await enter(kit())
    const codes = []
    for (let index = 0; index < 8; index++) codes.push(await ask(identity, `flow ${index}`))
    const guesses = codes.flatMap(({ code, flow }) =>
      Array.from({ length: 5 }, (_, step) => ({
        operation: 'verifyMagicCode' as const,
        args: [otherCode(code, step + 1), 'sign_in', identity.value, { flow }],
      })),
    )
    const outcomes = await race(kit().url, guesses)
    expect(outcomes.filter(({ code }) => code === 'invalid_token')).toHaveLength(40)
    expect([await comparisonsOf(identity.value), await missesOf(identity.value)]).toEqual([5, 5])
  })

  it('take back a wrong try only for a right code: a day of the owner’s own sign-ins makes none longer', async () => {
    const { identity } = await enter(kit())
    for (let round = 0; round < 12; round++) {
      const { code, codeLength } = await ask(identity, 'owner')
      expect([codeLength, await guess(identity.value, code, 'owner')]).toEqual([6, true])
    }
    expect(await missesOf(identity.value)).toBe(0)
  })

  it('have tries of their own when they are asked for again: whoever mistypes five times gets in with the next', async () => {
    const { identity } = await enter(kit())
    const first = await ask(identity, 'owner')
    for (let step = 1; step <= 5; step++) await guess(identity.value, otherCode(first.code, step), 'owner')
    const second = await ask(identity, 'owner')
    expect(await guess(identity.value, second.code, 'owner')).toBe(true)
  })
})

describe('a known browser', () => {
  const known = { knownBrowser: 'the browser of the owner', flow: 'owner' }

  it('gets short codes, and redeems them, while strangers guess', async () => {
    const { accounts, inbox } = kit()
    const { identity } = await enter(kit())
    const before = await accounts.issueIdentityVerification(identity, 'sign_in', known)
    const { code } = await inbox.latest(identity.value)
    await guessWrong(identity, 12)
    await accounts.verifyMagicCode(code as string, 'sign_in', identity.value, known)
    const after = await accounts.issueIdentityVerification(identity, 'sign_in', known)
    expect([before, after]).toEqual([{ codeLength: 6 }, { codeLength: 6 }])
    expect(await accounts.getCodeLength('email', identity.value, known)).toBe(6)
    expect(await accounts.getCodeLength('email', identity.value)).toBe(10)
    // What it redeemed was given back to its own count, not to that of the strangers.
    expect(await missesOf(identity.value)).toBe(12)
  })

  it('is judged by its own wrong tries, and makes the codes of nobody else longer', async () => {
    const { accounts, inbox } = kit()
    const { identity } = await enter(kit())
    await accounts.issueIdentityVerification(identity, 'sign_in', known)
    const { code } = await inbox.latest(identity.value)
    for (let step = 1; step <= 5; step++)
      await accounts
        .verifyMagicCode(otherCode(code as string, step), 'sign_in', identity.value, known)
        .catch(() => undefined)
    expect(await accounts.issueIdentityVerification(identity, 'sign_in', known)).toEqual({ codeLength: 8 })
    expect(await accounts.getCodeLength('email', identity.value)).toBe(6)
  })
})

describe('the length of a code', () => {
  it('is the same for an address that nobody has, and is told before anything is sent', async () => {
    const { accounts, newEmail, inbox } = kit()
    const email = newEmail()
    expect(await accounts.getCodeLength('email', email)).toBe(6)
    expect(await accounts.requestPasswordRecovery(email, { flow: 'x' })).toEqual({ codeLength: 6 })
    // A decoy has no code that anybody knows, and is guessed at like any other.
    for (let step = 0; step < 5; step++)
      await accounts
        .resetPassword({ email, code: `00000${step}` }, 'seven wooden lanterns', { flow: 'x' })
        .catch(() => undefined)
    expect(await accounts.requestPasswordRecovery(email, { flow: 'x' })).toEqual({ codeLength: 8 })
    expect(await accounts.getCodeLength('email', ` ${email.toUpperCase()}`)).toBe(8)
    expect(await accounts.getCodeLength('email', 'no address')).toBe(6)
    expect(await inbox.to(email)).toEqual([])
  })
})

describe('the chance of one right guess at one address', () => {
  it('within any 24 hours is below 1 in 100,000 for whoever has every network, browser and code', async () => {
    const { identity } = await enter(kit())
    const compared = new Map<number, number>()

    /** Guesses of one length until none is compared any more, or so many were. */
    async function guessAt(length: number, most: number): Promise<void> {
      let done = 0
      while (done < most) {
        const { flow, code } = await ask(identity, newFlow())
        const before = await comparisonsOf(identity.value)
        for (let step = 1; step <= Math.min(5, most - done); step++)
          await guess(identity.value, otherCode(code.padEnd(length, '0').slice(0, length), step), flow)
        const more = (await comparisonsOf(identity.value)) - before
        if (more === 0) break
        done += more
      }
      compared.set(length, (compared.get(length) ?? 0) + done)
    }

    // The worst timing: one try opens the window of a day, and the others come at its end and right after it.
    await guessAt(6, 1)
    compared.clear()
    kit().clock.advance('1439m')
    for (const length of [6, 8]) await guessAt(length, Infinity)
    await guessAt(10, 40)
    kit().clock.advance('2m')
    for (const length of [6, 8]) await guessAt(length, Infinity)
    await guessAt(10, 40)
    expect(Object.fromEntries(compared)).toEqual({ 6: 9, 8: 10, 10: 80 })

    // Ten digits and more: all that the lengths allow, and then every request that the product takes in two days.
    const { digits, lengthenAfter } = createCodeLengths(6, [5, 10])
    const rest = digits.slice(2).map((length, index) => {
      const until = lengthenAfter[index + 2] ?? 2 * 6000 * 60 * 24
      return (2 * until) / 10 ** length
    })
    const short = [...compared]
      .filter(([length]) => length < 10)
      .map(([length, count]) => count / 10 ** length)
    const chance = [...short, ...rest].reduce((sum, each) => sum + each, 0)
    expect(chance).toBeGreaterThan(9 / 1_000_000)
    expect(chance).toBeLessThan(oneIn100000)
  }, 60_000)
})
