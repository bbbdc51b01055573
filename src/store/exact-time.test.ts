/** Times with microseconds. */

import { describe, expect, it } from 'vitest'
import { goodPassword } from '../testing/suite/case.js'
import { engines } from '../../test/harness/engines.js'
import { proofValues, toExactDate } from './exact-time.js'

describe('a time', () => {
  it('remembers its microseconds while it is the same', () => {
    const date = toExactDate('2026-11-26T04:28:28.123456Z')
    expect(date.toISOString()).toBe('2026-11-26T04:28:28.123Z')
    expect(proofValues(date)).toEqual(['2026-11-26T04:28:28.123456Z', true])
    expect(proofValues(new Date(date))).toEqual(['2026-11-26T04:28:28.123Z', false])
    date.setMilliseconds(124)
    expect(proofValues(date)).toEqual(['2026-11-26T04:28:28.124Z', false])
    expect(proofValues(null)).toEqual([null, false])
  })
})

describe.each(engines)('a proof on $name', ({ open }) => {
  it('opens no session when all were ended a microsecond later', async () => {
    const { auth } = await open()
    const { accounts } = auth
    const email = 'ada@example.com'
    const { user } = await accounts.importUser({ email, verified: true })
    await accounts.setPassword(user, goodPassword)
    const { authenticatedAt } = await accounts.authenticateWithPassword({ email, password: goodPassword })
    const [proof] = proofValues(authenticatedAt)
    const endAt = (after: string) =>
      auth.query(
        'update latchkey.users set sessions_ended_at = $1::timestamptz + $2::interval where id = $3::uuid',
        [proof, after, user.id],
      )
    await endAt('1 microsecond')
    await expect(accounts.generateUserSessionToken(user, { authenticatedAt })).rejects.toMatchObject({
      code: 'not_found',
    })
    await endAt('0')
    expect(await accounts.generateUserSessionToken(user, { authenticatedAt })).toHaveLength(64)
    await auth.close()
  })
})
