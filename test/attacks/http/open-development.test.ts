/**
 * A real deployment whose operator forgot NODE_ENV: a public origin, a public listener, and a stranger who looks for the
 * development inbox. And a stranger who reaches a development machine by a proxy or by another name.
 */

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Auth, AuthOptions } from '../../../src/index.js'
import { ConfigError } from '../../../src/index.js'
import { createTestAuth } from '../../../src/testing/index.js'
import { readSettings } from '../../../src/auth/settings.js'

const secret = 'x'.repeat(32)
// As `createAuth` reads it: a test engine says that it is one of development.
const undecided = { development: undefined }
const sender = { deliver: () => Promise.resolve() }
const paths = ['/dev', '/dev/inbox', '/dev/inbox.json', '/dev/messages', '/dev/messages/sign_in/en']

function faultsOf(options: AuthOptions): readonly string[] {
  try {
    readSettings(options)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.faults
    throw error
  }
}

async function statusesOf(auth: Auth, url: string, peer?: string, headers: Record<string, string> = {}) {
  const statuses: number[] = []
  for (const path of paths) {
    const request = new Request(`${url}/auth${path}`, { headers: { accept: 'text/html', ...headers } })
    statuses.push((await auth.fetch(request, peer === undefined ? undefined : { address: peer })).status)
  }
  return [...new Set(statuses)]
}

describe('an origin that others reach, without NODE_ENV', () => {
  it.each(['https://app.example', 'https://localhost', 'http://app.example', 'http://10.0.0.7:3000'])(
    'at %s has no default of development',
    (baseUrl) => {
      vi.stubEnv('NODE_ENV', '')
      const faults = faultsOf({ baseUrl })
      for (const name of ['database', 'secret', 'sender'])
        expect(faults.some((fault) => fault.startsWith(`${name}:`))).toBe(true)
      expect(faults.some((fault) => fault.includes('development: true'))).toBe(true)
    },
  )

  it('has no page of development, not even for a client on its own machine', async () => {
    vi.stubEnv('NODE_ENV', '')
    const { auth } = await createTestAuth({ ...undecided, sender, baseUrl: 'https://app.example' })
    expect(await statusesOf(auth, 'https://app.example', '203.0.113.9')).toEqual([404])
    expect(await statusesOf(auth, 'http://localhost', '127.0.0.1')).toEqual([404])
    await auth.close()
  }, 90_000)

  it('does not take a sender that shows secrets', () => {
    vi.stubEnv('NODE_ENV', '')
    const shows = { ...sender, developmentOnly: true }
    const options = { database: 'memory', secret, sender: shows, baseUrl: 'https://app.example' }
    expect(faultsOf(options).some((fault) => fault.startsWith('sender:'))).toBe(true)
    expect(faultsOf({ ...options, baseUrl: 'http://localhost:3000' })).toEqual([])
  })

  it('is production or development where that is said, and both at once is a fault', () => {
    vi.stubEnv('NODE_ENV', '')
    expect(readSettings({ baseUrl: 'https://app.example', development: true }).production).toBe(false)
    expect(faultsOf({ development: false }).some((fault) => fault.startsWith('baseUrl:'))).toBe(true)
    expect(faultsOf({ development: 'yes' as never })).toHaveLength(1)
    vi.stubEnv('NODE_ENV', 'production')
    expect(faultsOf({ development: true }).some((fault) => fault.startsWith('development:'))).toBe(true)
  })
})

describe('the pages of development on a machine of its own', () => {
  const here = 'http://localhost:3000'
  let auth: Auth
  beforeAll(async () => {
    vi.stubEnv('NODE_ENV', '')
    auth = (await createTestAuth(undecided)).auth
  }, 90_000)
  afterAll(() => auth.close())

  it.each(['127.0.0.1', '127.8.9.10', '::1', '::ffff:127.0.0.1'])('are there for %s', async (peer) => {
    expect(await statusesOf(auth, here, peer)).toEqual([200])
  })

  it.each(['203.0.113.9', '10.0.0.2', '192.168.1.5', '::ffff:10.0.0.2', 'fe80::1', '127.0.0.1.example', ''])(
    'are not there for %j',
    async (peer) => {
      expect(await statusesOf(auth, here, peer)).toEqual([404])
    },
  )

  it('are not there for a client of whom nothing is known', async () => {
    expect(await statusesOf(auth, here)).toEqual([404])
  })

  it.each(['x-forwarded-for', 'forwarded', 'x-real-ip', 'via', 'x-forwarded-host', 'cf-connecting-ip'])(
    'are not there behind a proxy on the same machine (%s)',
    async (name) => {
      expect(await statusesOf(auth, here, '127.0.0.1', { [name]: '127.0.0.1' })).toEqual([404])
    },
  )

  it.each(['http://evil.example:3000', 'http://localhost.evil.example', 'http://0.0.0.0:3000'])(
    'are not there under the name of another that was pointed here (%s)',
    async (url) => {
      expect(await statusesOf(auth, url, '127.0.0.1')).toEqual([404])
    },
  )
})

describe('what a deployment shows of itself', () => {
  const deployed = { ...undecided, sender, baseUrl: 'https://app.example' }

  async function answersOf(options: AuthOptions): Promise<readonly number[]> {
    const { auth } = await createTestAuth(options)
    const statuses: number[] = []
    for (const path of ['/openapi.json', '/docs', '/docs/start.js', '/metrics'])
      statuses.push((await auth.fetch(new Request(`https://app.example/auth${path}`))).status)
    await auth.close()
    return statuses
  }

  it('is neither its contract nor its counters, unless they are asked for', async () => {
    vi.stubEnv('NODE_ENV', '')
    expect(await answersOf(deployed)).toEqual([404, 404, 404, 404])
    expect(await answersOf({ ...deployed, openapi: true })).toEqual([200, 404, 404, 404])
    expect(await answersOf({ ...deployed, docs: true, metrics: true })).toEqual([200, 200, 200, 200])
    expect(faultsOf({ openapi: false, docs: true })).toHaveLength(1)
  })

  it('says to browsers that it is https for two years, and to be opened by nobody else', async () => {
    vi.stubEnv('NODE_ENV', '')
    const { auth } = await createTestAuth(deployed)
    const request = new Request('https://app.example/auth/sign-in', { headers: { accept: 'text/html' } })
    const { headers } = await auth.fetch(request)
    expect(headers.get('strict-transport-security')).toBe('max-age=63072000')
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
    await auth.close()
  })
})
