/** Values as JSON. */

import { describe, expect, it } from 'vitest'
import { dateText } from './json-text.js'

describe('a date', () => {
  it('is written as toISOString writes it, on more days than are kept', () => {
    for (let day = 0; day < 1500; day++) {
      const moment = new Date(Date.UTC(2020, 0, day, 23, 59, 59, day % 1000))
      expect(dateText(moment)).toBe(moment.toISOString())
    }
    expect(dateText(new Date(-1))).toBe('1969-12-31T23:59:59.999Z')
    expect(dateText(new Date('+012026-01-01'))).toBe('+012026-01-01T00:00:00.000Z')
  })
})
