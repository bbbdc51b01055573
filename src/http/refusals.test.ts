/** Which refusals a node records, and how often it writes to the database for that. */

import { describe, expect, it } from 'vitest'
import { AuthError, silentLogger } from '../base/index.js'
import type { Actor, Refusal } from '../core/index.js'
import { createRefusalRecord } from './refusals.js'

const stranger: Actor = { type: 'stranger' }

function create(record: (refusal: Refusal) => Promise<boolean> = () => Promise.resolve(true)) {
  const asked: Refusal[] = []
  const warnings: unknown[] = []
  let now = 0
  const tell = createRefusalRecord({
    refusals: {
      record(refusal) {
        asked.push(refusal)
        return record(refusal)
      },
    },
    logger: { ...silentLogger, warn: (fields) => void warnings.push(fields) },
    now: () => now,
  })
  const from = (network: string, actor = stranger) => ({
    actor,
    client: { ip: null, network, wider: [], userAgent: null },
  })
  return { asked, warnings, tell, from, pass: (ms: number) => (now += ms) }
}

const limited = new AuthError('rate_limited', { reason: 'limit_passwordNetwork' })

describe('a node', () => {
  it('asks once a minute for each reason and subject', async () => {
    const { asked, tell, from, pass } = create()
    for (let times = 0; times < 100; times++) await tell(limited, from('192.0.2.1'))
    expect(asked).toEqual([{ reason: 'limit_passwordNetwork', subject: '192.0.2.1' }])
    await tell(limited, from('192.0.2.2'))
    await tell(new AuthError('forbidden_origin'), from('192.0.2.1'))
    expect(asked).toHaveLength(3)
    pass(60_000)
    await tell(limited, from('192.0.2.1'))
    expect(asked).toHaveLength(4)
  })

  it('counts the requests of a user, of whichever network, and of a whole /48', async () => {
    const { asked, tell, from } = create()
    const user: Actor = { type: 'user', id: 'ada' }
    await tell(limited, from('192.0.2.1', user))
    await tell(limited, from('192.0.2.2', user))
    const wider = [
      { network: '2001:db8:1::/56', times: 4 },
      { network: '2001:db8::/48', times: 16 },
    ]
    await tell(limited, {
      actor: stranger,
      client: { ip: null, network: '2001:db8:1:1::/64', wider, userAgent: null },
    })
    expect(asked.map(({ subject }) => subject)).toEqual(['ada', '2001:db8::/48'])
  })

  it('records no refusal of another kind, and a fault is none of the request', async () => {
    const { asked, tell, from, warnings } = create(() => Promise.reject(new Error('no database')))
    await tell(new AuthError('invalid_credentials', { reason: 'password_wrong' }), from('192.0.2.1'))
    expect(asked).toEqual([])
    await tell(limited, from('192.0.2.1'))
    expect(warnings).toEqual([{ reason: 'limit_passwordNetwork', error: 'no database' }])
  })
})
