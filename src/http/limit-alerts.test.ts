/** Which alerts an operator gets when limits are reached. */

import { describe, expect, it } from 'vitest'
import { silentLogger } from '../base/index.js'
import { createLimitAlerts } from './limit-alerts.js'

function watch() {
  const seen = { warned: [] as unknown[], counted: [] as string[], recorded: [] as string[] }
  const control = { time: 0, fails: false }
  const reached = createLimitAlerts({
    store: {
      reached: (limit) => {
        seen.recorded.push(limit)
        return control.fails ? Promise.reject(new Error('the database is away')) : Promise.resolve(true)
      },
    },
    logger: { ...silentLogger, warn: (about) => seen.warned.push((about as { limit: string }).limit) },
    count: (limit) => seen.counted.push(limit),
    now: () => control.time,
  })
  return { seen, control, reached }
}

describe('a limit that is reached', () => {
  it('is counted each time, and logged and recorded once a minute', async () => {
    const { seen, control, reached } = watch()
    await reached(['messageGlobal'])
    await reached(['messageGlobal'])
    control.time = 59_999
    await reached(['messageGlobal', 'messageCountry'])
    control.time = 60_000
    await reached(['messageGlobal'])
    expect(seen.counted).toEqual([
      'messageGlobal',
      'messageGlobal',
      'messageGlobal',
      'messageCountry',
      'messageGlobal',
    ])
    const told = ['messageGlobal', 'messageCountry', 'messageGlobal']
    expect([seen.warned, seen.recorded]).toEqual([told, told])
  })

  it('of one address is nothing that an operator hears of, since it would name somebody', async () => {
    const { seen, reached } = watch()
    await reached(['messageAddress', 'passwordAddress'])
    expect(seen).toEqual({ warned: [], counted: [], recorded: [] })
  })

  it('makes no fault of the request when it cannot be recorded, and is recorded at the next', async () => {
    const { seen, control, reached } = watch()
    control.fails = true
    await reached(['signUpGlobal'])
    control.fails = false
    await reached(['signUpGlobal'])
    expect(seen.recorded).toEqual(['signUpGlobal', 'signUpGlobal'])
  })
})
