/**
 * Challenges and their solutions. The tests of the limits show that the database checks their time and
 * consumes them.
 */

import { describe, expect, it } from 'vitest'
import { solveToll } from '../client/toll.js'
import { createBrowserKeys } from '../secrets/index.js'
import type { HttpKeys } from './http-keys.js'
import { createTolls, workFor } from './toll.js'
import type { Bound } from './toll.js'

let names = 0
const keysOf = (...secrets: [string, ...string[]]): HttpKeys => ({
  ...createBrowserKeys(secrets),
  newId: () => String(names++),
  newName: () => Buffer.from(String(names++).padStart(16, '0')).toString('base64url'),
})
const keys = keysOf('a secret of tests that opens nothing else')
const tolls = createTolls(keys)
const bound: Bound = {
  path: '/auth/magic-link/request',
  address: 'ada@example.com',
  browserName: 'a browser',
}
const at = new Date('2026-02-01T10:00:00Z')
const due = { times: 1, at }

interface Sent {
  challenge: { parameters: { data?: Record<string, unknown>; nonce: string }; signature?: string }
  solution: { counter: number; derivedKey: string }
}
const change = (solved: string, edit: (sent: Sent) => void): string => {
  const sent = JSON.parse(atob(solved)) as Sent
  edit(sent)
  return btoa(JSON.stringify(sent))
}

describe('a solution', () => {
  it('pays what it was asked for, by its own nonce, and until two minutes after it was asked for', async () => {
    const toll = await tolls.demand(bound, due)
    const paid = await tolls.read(await solveToll(toll), bound)
    expect(paid).toEqual({
      id: Buffer.from(toll.challenge.parameters.nonce, 'hex'),
      from: new Date(0),
      until: new Date(at.getTime() + 120_000),
      work: 1,
      waited: false,
    })
    expect(toll.expiresAt).toBe('2026-02-01T10:02:00.000Z')
  })

  it('is worth nothing for another route, address or browser', async () => {
    const solved = await solveToll(await tolls.demand(bound, due))
    for (const other of [
      { path: '/auth/sign-up' },
      { address: 'bob@example.com' },
      { browserName: 'another' },
    ])
      expect(await tolls.read(solved, { ...bound, ...other })).toBeNull()
    expect(await tolls.read(solved, bound)).not.toBeNull()
  })

  it('that was not found, or whose challenge was changed, is none', async () => {
    const solved = await solveToll(await tolls.demand(bound, due))
    const changes: ((sent: Sent) => void)[] = [
      ({ solution }) => (solution.derivedKey = '0'.repeat(solution.derivedKey.length)),
      ({ challenge }) => (challenge.parameters.nonce = '00'.repeat(16)),
      ({ challenge }) => (challenge.signature = '00'.repeat(32)),
      ({ challenge }) => delete challenge.signature,
      ({ challenge }) => Object.assign(challenge.parameters.data ?? {}, { work: 32 }),
      ({ challenge }) => Object.assign(challenge.parameters.data ?? {}, { until: at.getTime() * 2 }),
      ({ challenge }) => delete challenge.parameters.data,
    ]
    for (const edit of changes) expect(await tolls.read(change(solved, edit), bound)).toBeNull()
    expect(
      await tolls.read(
        change(solved, () => undefined),
        bound,
      ),
    ).not.toBeNull()
  })

  it('under a key that this engine does not have is none, and under an older key of its list it is one', async () => {
    const solved = await solveToll(await tolls.demand(bound, due))
    const [other, older] = ['another secret of tests, new', 'a secret of tests that opens nothing else']
    expect(await createTolls(keysOf(other)).read(solved, bound)).toBeNull()
    expect(await createTolls(keysOf(other, older)).read(solved, bound)).not.toBeNull()
  })

  it('that is longer than one can be is not read', async () => {
    const solved = await solveToll(await tolls.demand(bound, due))
    const long = btoa(`${' '.repeat(4096)}${atob(solved)}`)
    expect(await tolls.read(long, bound)).toBeNull()
  })

  it.each([null, '', 'x', 'e30=', btoa('null'), btoa('{"challenge":{"parameters":null}}')])(
    'is not %j',
    async (presented) => {
      expect(await tolls.read(presented, bound)).toBeNull()
    },
  )
})

describe('a wait', () => {
  it('stands for the most work, from a minute after it was asked for, and for that request alone', async () => {
    const { wait = '' } = await tolls.demand(bound, due)
    expect(await tolls.read(wait, bound)).toMatchObject({
      from: new Date(at.getTime() + 60_000),
      until: new Date(at.getTime() + 660_000),
      work: 32,
      waited: true,
    })
    for (const other of [
      { path: '/auth/sign-up' },
      { address: 'bob@example.com' },
      { browserName: 'another' },
    ])
      expect(await tolls.read(wait, { ...bound, ...other })).toBeNull()
  })

  it('has an id of its own, so that each is spent once', async () => {
    const [one, other] = [await tolls.demand(bound, due), await tolls.demand(bound, due)]
    const ids = await Promise.all(
      [one, one, other].map(async ({ wait }) => (await tolls.read(wait ?? null, bound))?.id),
    )
    expect(ids[0]).toEqual(ids[1])
    expect(ids[0]).not.toEqual(ids[2])
  })
})

describe('the work', () => {
  it('doubles with every doubling of the excess, and is a minute’s at most', () => {
    expect([0, 1, 2, 3, 4, 31, 32, 1000].map(workFor)).toEqual([1, 1, 2, 2, 4, 16, 32, 32])
  })

  it('stands in the signed challenge', async () => {
    const toll = await tolls.demand(bound, { times: 9, at })
    expect(toll.challenge.parameters.data).toMatchObject({ work: 8 })
  })
})
