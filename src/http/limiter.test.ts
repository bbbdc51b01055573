/** The order in which limits are counted, and what is given back. The statements have their own tests. */

import { describe, expect, it } from 'vitest'
import { AuthError } from '../base/index.js'
import { createBrowserKeys } from '../secrets/index.js'
import type { Limit, LimitStore, LimitVerdict } from '../core/index.js'
import { createRequestLimits } from './request-limits.js'
import { createLimiter } from './limiter.js'
import type { LimitedRequest } from './limiter.js'
import { limitDefaults } from './limit-table.js'
import { createTolls } from './toll.js'

type Admitted = Awaited<ReturnType<LimitStore['admit']>>

const pass: LimitVerdict = {
  allowed: true,
  retryAfterMs: 0,
  refused: null,
  owed: null,
  exceeded: [],
  last: [],
  judgedAt: new Date(0),
}
const namesOf = (limits: readonly Limit[]): string => limits.map(({ name }) => name).join(' ')
const fault = (): never => {
  throw new AuthError('unavailable')
}
const email = { type: 'email', value: 'ada@example.com' } as const

function open(change: { readonly admit?: Partial<Admitted>; readonly take?: Partial<LimitVerdict> } = {}) {
  const calls: string[] = []
  const broken = new Set<string>()
  const call = <T>(text: string, result: T): Promise<T> => {
    calls.push(text)
    return broken.has(text.split(' ')[0] as string)
      ? Promise.reject(new AuthError('unavailable'))
      : Promise.resolve(result)
  }
  const limits: LimitStore = {
    admit: (limits) =>
      call(`admit ${namesOf(limits)}`, { ...pass, known: false, userId: null, ...change.admit }),
    take: (limits) => call(`take ${namesOf(limits)}`, { ...pass, ...change.take }),
    refund: (limits) => call(`refund ${namesOf(limits)}`, undefined),
    undo: (limits) => call(`undo ${namesOf(limits)}`, undefined),
    miss: ({ limits, userId }) => call(`miss ${namesOf(limits)} of ${userId}`, undefined),
    knows: () => Promise.resolve(false),
    reached: () => Promise.resolve(true),
    closed: (userId) => call(`closed ${userId}`, undefined),
  }
  const keys = {
    ...createBrowserKeys(['a secret of tests that opens nothing else']),
    newId: () => 'an id',
    newName: () => 'a name',
  }
  const limiter = createLimiter({
    store: limits,
    requestLimits: createRequestLimits(limitDefaults),
    tolls: createTolls(keys),
    keys,
    addressKey: (_, value) => value,
    phones: { callingCode: () => null },
    onReached: (names) => call(`reached ${names.join(' ')}`, undefined),
  })
  return { gate: limiter, calls, broken }
}

const requester = (known: string | null = null): LimitedRequest => ({
  client: { ip: '192.0.2.1', network: '192.0.2.1', wider: [] },
  browserNames: () => ['a browser'],
  known,
  path: '/auth',
  toll: null,
})
const stranger = 'passwordStranger passwordAddress passwordInARow passwordGlobal'
const knownHere = { known: true, userId: 'ada' }

describe('the gate', () => {
  it('charges the network in a statement of its own, before anything else', async () => {
    const { gate: limiter, calls } = open()
    await limiter.password(requester(), email)
    expect(calls).toEqual(['admit passwordNetwork', `take ${stranger}`])
  })

  it('goes no further where the network is refused', async () => {
    const { gate: limiter, calls } = open({
      admit: { allowed: false, refused: 'passwordNetwork', retryAfterMs: 5 },
    })
    await expect(limiter.password(requester(), email)).rejects.toMatchObject({
      code: 'rate_limited',
      retryAfterMs: 5,
    })
    expect(calls).toEqual(['admit passwordNetwork'])
  })

  it('leaves the network charged where a message is refused in silence', async () => {
    const { gate: limiter, calls } = open({ take: { allowed: false, refused: 'messageStranger' } })
    const sending = await limiter.message(requester(), email, 'sign_in')
    expect(await sending.send(fault)).toBeUndefined()
    expect(sending.allowed).toBe(false)
    expect(calls.filter((each) => each.startsWith('refund'))).toEqual([])
  })

  it('leaves the network charged where a guess is wrong, and where it is right', async () => {
    for (const work of [
      () => Promise.reject(new AuthError('invalid_credentials')),
      () => Promise.resolve(),
    ]) {
      const { gate: limiter, calls } = open()
      const attempt = await limiter.password(requester(), email)
      await attempt.judge(work).catch(() => undefined)
      expect(calls.filter((each) => /refund.*Network/.test(each))).toEqual([])
    }
  })

  it('charges a known browser to its own limits alone, and a name that nobody knows like none', async () => {
    const own = open({ admit: knownHere })
    await own.gate.password(requester('a name'), email)
    expect(own.calls[1]).toBe('take passwordKnown')
    const nobodys = open({ admit: { known: false, userId: 'ada' } })
    await nobodys.gate.password(requester('a name'), email)
    expect(nobodys.calls[1]).toBe(`take ${stranger}`)
    const nameless = open({ admit: knownHere })
    await nameless.gate.password(requester(null), email)
    expect(nameless.calls[1]).toBe(`take ${stranger}`)
  })
})

describe('a fault', () => {
  it('while the network is charged is undone by the name of the charge', async () => {
    const { gate: limiter, calls, broken } = open()
    broken.add('admit')
    await expect(limiter.password(requester(), email)).rejects.toMatchObject({ code: 'unavailable' })
    expect(calls).toEqual(['admit passwordNetwork', 'undo passwordNetwork'])
  })

  it('while the others are charged gives the network its charge back', async () => {
    const { gate: limiter, calls, broken } = open()
    broken.add('take')
    await expect(limiter.password(requester(), email)).rejects.toMatchObject({ code: 'unavailable' })
    expect(calls.slice(2)).toEqual([`undo ${stranger}`, 'refund passwordNetwork'])
  })

  it('while a message is made gives everything back', async () => {
    const { gate: limiter, calls } = open()
    const sending = await limiter.message(requester(), email, 'sign_in')
    await expect(sending.send(() => Promise.reject(new AuthError('unavailable')))).rejects.toThrow()
    expect(calls.at(-1)).toBe(
      'refund messagePause messageStranger messageAddress messageGlobal messageNetwork',
    )
  })

  it('while a guess is judged gives everything back, and is no miss', async () => {
    const { gate: limiter, calls } = open()
    const attempt = await limiter.password(requester(), email)
    await expect(attempt.judge(() => Promise.reject(new AuthError('unavailable')))).rejects.toThrow()
    expect(calls.at(-1)).toBe(`refund ${stranger} passwordNetwork`)
    expect(calls.some((each) => each.startsWith('miss'))).toBe(false)
    const code = await limiter.secret(requester(), email)
    await expect(code.judge(() => Promise.reject(new AuthError('unavailable')))).rejects.toThrow()
    expect(calls.at(-1)).toBe('refund codeGlobal codeNetwork')
  })

  it('that also keeps the charge from being given back has it given back before the next is charged', async () => {
    const { gate: limiter, calls, broken } = open()
    const attempt = await limiter.password(requester(), email)
    broken.add('refund')
    await expect(attempt.judge(() => Promise.reject(new AuthError('unavailable')))).rejects.toThrow()
    broken.clear()
    calls.length = 0
    await limiter.password(requester(), email)
    expect(calls.slice(0, 2)).toEqual([`refund ${stranger} passwordNetwork`, 'admit passwordNetwork'])
  })
})

describe('a guess', () => {
  it('that is right is given back where misses are counted, and requests of all are not', async () => {
    const { gate: limiter, calls } = open()
    await (await limiter.password(requester(), email)).judge(() => Promise.resolve())
    expect(calls.at(-1)).toBe('refund passwordStranger passwordAddress passwordInARow')
  })

  it('that is wrong begins the pause of whoever guessed, and counts against a known browser', async () => {
    const wrong = () => Promise.reject(new AuthError('invalid_credentials'))
    const strange = open({ admit: { userId: 'ada' } })
    await expect((await strange.gate.password(requester(), email)).judge(wrong)).rejects.toThrow()
    expect(strange.calls.at(-1)).toBe('miss passwordStranger of null')
    const own = open({ admit: knownHere })
    await expect((await own.gate.password(requester('a name'), email)).judge(wrong)).rejects.toThrow()
    expect(own.calls.at(-1)).toBe('miss passwordKnown of ada')
    const code = open({ admit: knownHere })
    const invalid = () => Promise.reject(new AuthError('invalid_token'))
    await expect((await code.gate.secret(requester('a name'), email)).judge(invalid)).rejects.toThrow()
    expect(code.calls.at(-1)).toBe('miss  of ada')
  })

  it('beyond a hundred in a row is wrong even if it is right, and the owner hears of the hundredth', async () => {
    const last = open({ admit: { userId: 'ada' }, take: { last: ['passwordInARow'] } })
    const wrong = () => Promise.reject(new AuthError('invalid_credentials'))
    await expect((await last.gate.password(requester(), email)).judge(wrong)).rejects.toThrow()
    expect(last.calls.at(-1)).toBe('closed ada')
    const closed = open({ admit: { userId: 'ada' }, take: { exceeded: ['passwordInARow'] } })
    const attempt = await closed.gate.password(requester(), email)
    expect(attempt.closed).toBe(true)
    await expect(attempt.judge(() => Promise.resolve('right'))).rejects.toMatchObject({
      code: 'invalid_credentials',
    })
    expect(closed.calls.at(-1)).toBe('miss passwordStranger of null')
  })
})

describe('a secret that is redeemed', () => {
  it('ends the pause of its purpose, of the network and of the browser', async () => {
    const { gate: limiter, calls } = open({ admit: knownHere })
    const redeeming = await limiter.secret(requester('a name'), null)
    await redeeming.judge(
      () => Promise.resolve('done'),
      () => ({ purpose: 'sign_in', address: email }),
    )
    expect(calls.at(-1)).toBe('refund messagePause messagePause')
  })
})

describe('a toll', () => {
  it('that is due is told to the operator, and asked for with a challenge', async () => {
    const owed = { limits: ['messageGlobal' as const], times: 1 }
    const { gate: limiter, calls } = open({ take: { allowed: false, owed } })
    const refusal = await limiter.message(requester(), email, 'sign_in').catch((error: unknown) => error)
    expect(refusal).toMatchObject({ code: 'rate_limited', toll: { challenge: {} } })
    expect(calls.at(-1)).toBe('reached messageGlobal')
  })
})
