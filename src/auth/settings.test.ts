/** Reading the options. */

import { afterEach, describe, expect, it, vi } from 'vitest'
import { ConfigError, createAuth } from '../index.js'
import type { AuthOptions } from '../index.js'
import { optionDefaults } from './options.js'
import { readSettings } from './settings.js'

afterEach(() => vi.unstubAllEnvs())

function faultsOf(options: unknown): readonly string[] {
  try {
    readSettings(options as AuthOptions)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.faults
    throw error
  }
}

describe('the options', () => {
  it('have the defaults of the table, in milliseconds, frozen', () => {
    const settings = readSettings({})
    expect(settings.session).toEqual({
      idleMs: 1_209_600_000,
      absoluteMs: 7_776_000_000,
      renewEveryMs: 3_600_000,
      maxPerUser: 100,
    })
    expect(settings.verification).toEqual({
      linkLifetimeMs: 600_000,
      codeLifetimeMs: 600_000,
      codeLengths: { digits: [6, 8, 10, 12, 14], lengthenAfter: [5, 10, 1000, 100_000] },
    })
    expect(settings.guesses).toEqual({ maxAttempts: 5 })
    expect(settings.password).toEqual({ minLength: 12, maxLength: 256, context: [] })
    expect(settings.outbox).toEqual({ worker: true, maxAttempts: 8 })
    expect([settings.schema, settings.basePath, settings.baseUrl]).toEqual([
      'latchkey',
      '/auth',
      'http://localhost:3000',
    ])
    expect(settings.sweep).toEqual({ everyMs: 3_600_000, claimsAfterMs: 604_800_000 })
    expect(Object.isFrozen(settings)).toBe(true)
  })

  it('are not written to', () => {
    const options = Object.freeze({
      session: Object.freeze({ idle: '1h' as const }),
      password: Object.freeze({}),
    })
    expect(readSettings(options).session.idleMs).toBe(3_600_000)
  })

  it.each([
    [{ databse: 'x' }, 'databse'],
    [{ session: { idel: '1d' } }, 'session.idel'],
    [{ session: 'x' }, 'session'],
    [{ session: { idle: '1 day' } }, 'session.idle'],
    [{ session: { idle: '100d' } }, 'session.idle'],
    [{ schema: 'Latchkey"; drop' }, 'schema'],
    [{ basePath: 'auth/' }, 'basePath'],
    [{ baseUrl: 'app.example' }, 'baseUrl'],
    [{ baseUrl: 'https://user@app.example' }, 'baseUrl'],
    [{ secret: 'short' }, 'secret'],
    [{ secret: [] }, 'secret'],
    [{ sender: {} }, 'sender'],
    [{ logger: { info: 1 } }, 'logger'],
    [{ password: { minLength: 7 } }, 'password.minLength'],
    [{ password: { minLength: 100, maxLength: 64 } }, 'password.maxLength'],
    [{ password: { context: 'x' } }, 'password.context'],
    [{ password: { breached: { url: 'x', timeout: 'soon' } } }, 'password.breached.timeout'],
    [{ verification: { codeLength: 4 } }, 'verification.codeLength'],
    [{ verification: { maxMissesPerDay: 10 } }, 'verification.maxMissesPerDay'],
    [{ verification: { lengthenAfter: [] } }, 'verification.lengthenAfter'],
    [{ verification: { lengthenAfter: [0, 5] } }, 'verification.lengthenAfter'],
    [{ verification: { lengthenAfter: [10, 5] } }, 'verification.lengthenAfter'],
    [{ verification: { lengthenAfter: [5, 10, 20] } }, 'verification.lengthenAfter'],
    [{ verification: { lengthenAfter: '5' } }, 'verification.lengthenAfter'],
    [{ verification: { lengthenAfter: null } }, 'verification.lengthenAfter'],
    [{ outbox: { worker: 'yes' } }, 'outbox.worker'],
    [{ sweep: { every: 'x' } }, 'sweep.every'],
    [{ migrate: 1 }, 'migrate'],
  ])('%j is a fault of %s', (options, name) => {
    expect(faultsOf(options).some((fault) => fault.startsWith(`${name}:`))).toBe(true)
  })

  it('tell all faults at once', () => {
    const faults = faultsOf({ schema: 'X', session: { idle: 1 }, verification: { codeLength: 99 }, extra: 1 })
    expect(faults).toHaveLength(4)
  })

  it('take several secrets, an online check, and no sweep', () => {
    const settings = readSettings({
      secret: ['a'.repeat(32), 'b'.repeat(32)],
      password: { breached: { url: 'https://range.example', timeout: '2s' } },
      sweep: { every: false },
    })
    expect(settings.secrets).toHaveLength(2)
    expect(settings.blocklist.breached).toEqual({ url: 'https://range.example', timeoutMs: 2000 })
    expect(settings.sweep.everyMs).toBeNull()
    expect(readSettings({ password: { breached: true } }).blocklist.breached).toEqual({})
  })

  it('each stand in the table of defaults', () => {
    expect(Object.keys(optionDefaults)).toHaveLength(new Set(Object.keys(optionDefaults)).size)
  })
})

describe('production', () => {
  it('has no default for what matters, and says so at once', async () => {
    vi.stubEnv('NODE_ENV', 'production')
    const faults = faultsOf({})
    for (const name of ['database', 'secret', 'baseUrl', 'sender']) {
      expect(faults.some((fault) => fault.startsWith(`${name}:`))).toBe(true)
    }
    await expect(createAuth()).rejects.toThrow(ConfigError)
    expect(faultsOf({ ...given, baseUrl: 'http://app.example' })).toHaveLength(1)
    expect(faultsOf(given)).toEqual([])
  })
})

const given = {
  database: 'memory',
  secret: 'x'.repeat(32),
  baseUrl: 'https://app.example',
  sender: { deliver: () => Promise.resolve() },
}
