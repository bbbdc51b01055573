/** The content and lifetime of the browser name cookie. */

import { describe, expect, it } from 'vitest'
import { createBrowserKeys } from '../secrets/index.js'
import { previousNameMs, readBrowserNames, writeBrowserNames } from './browser-name.js'

const keys = createBrowserKeys(['a secret of thirty-two bytes and more'])
const current = 'A'.repeat(22)
const previous = 'B'.repeat(22)

describe('the names of a browser', () => {
  it.each([1_764_000_000_000, 1_764_000_000_000.456])('read back as they were written at %s', (now) => {
    const written = writeBrowserNames(keys, { current, previous }, now)
    expect(written.split('.')).toHaveLength(4)
    expect(readBrowserNames(keys, written, now)).toEqual({ current, previous })
    expect(readBrowserNames(keys, written, now + previousNameMs - 2)).toEqual({ current, previous })
    expect(readBrowserNames(keys, written, now + previousNameMs)).toEqual({ current, previous: null })
  })

  it('are one alone where nobody signed in or out', () => {
    expect(writeBrowserNames(keys, { current, previous: null }, 0)).toBe(current)
    expect(readBrowserNames(keys, current, 0)).toEqual({ current, previous: null })
  })

  it.each([null, '', 'x', `${current}A`, `${current}.a.b.c.d`])('are none in %j', (value) => {
    expect(readBrowserNames(keys, value, 0)).toBeNull()
  })
})
