/**
 * Other spellings of a path meet the same guard and the same limit, or nothing (GHSA-x732-6j76-qmhm, CVE-2026-32130);
 * a strategy that is switched off is not there under any of them (CVE-2026-7500). Through `auth.fetch`, whose URLs are
 * resolved, and through node:http, whose paths arrive as they were sent.
 */

import { Agent, createServer, request as ask } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { toNodeHandler } from '../../../src/adapters/node.js'
import type { RouteDefinition } from '../../../src/http/index.js'
import { password } from '../../../src/strategies/index.js'
import { goodPassword } from '../../../src/testing/suite/case.js'
import { readAnswer } from '../../harness/answers.js'
import { openBrowser, toRequest } from '../../harness/http.js'
import { home, limitsOf, listRoutes, useSite } from '../../harness/site.js'
import type { Site } from '../../harness/site.js'
import { pathOf } from '../../harness/visits.js'

const site = useSite()
const routes = await listRoutes()

const hex = (text: string, index: number): string => {
  const code = text.charCodeAt(index).toString(16)
  return `${text.slice(0, index)}%${code}${text.slice(index + 1)}`
}

/** The spellings of an absolute path. The first is the path itself. */
function spellings(path: string): readonly string[] {
  const [, base = '', ...rest] = path.split('/')
  const below = rest.join('/')
  const last = path.lastIndexOf('/') + 1
  return [
    path,
    `/${path}`,
    `//${path}`,
    `/${base}//${below}`,
    `/./${base}/${below}`,
    `/${base}/./${below}`,
    `/${base}/%2e/${below}`,
    `/${base}/%2E%2E/${base}/${below}`,
    `/${base}/x/../${below}`,
    `/${base}/x/%2e%2e/${below}`,
    `/${base}/..;/${base}/${below}`,
    `${path}/`,
    `${path}//`,
    `${path}/.`,
    `${path}/%2e`,
    `${path}/x/..`,
    `${path};x`,
    `${path};x=1/`,
    `/${base};x/${below}`,
    `${path}%00`,
    `${path}%20`,
    `${path}%09`,
    `${path}%0a`,
    `${path}.json`,
    `${path}.`,
    `${path}?`,
    `${path}?x=/../`,
    `${path}%3f`,
    `${path}%23`,
    path.toUpperCase(),
    path.slice(0, last) + path.slice(last).toUpperCase(),
    hex(path, 1),
    hex(path, last),
    hex(path, path.length - 1),
    hex(path, last).replace('%', '%25'),
    path.replace(/\/(?=[^/]*$)/, '%2f'),
    path.replace(/\/(?=[^/]*$)/, '%252f'),
    path.replace(/\/(?=[^/]*$)/, '%5c'),
    path.replace(/\/(?=[^/]*$)/, '\\'),
    path.replace(/[aeiou]/, '\u0430'),
    path.replace('s', '\u017f'),
    `${path}%ff`,
    `${path}%`,
    `${path}%zz`,
    `/${base}/${'x/../'.repeat(50)}${below}`,
  ]
}

async function fetchFrom(
  at: Site,
  method: string,
  path: string,
  headers: Record<string, string | null> = {},
) {
  const sent = method === 'GET' || method === 'HEAD' ? { headers } : { json: {}, headers }
  const request = toRequest(home + path, { ...sent, method, cookie: '' })
  return readAnswer(await at.auth.fetch(request))
}

const whole = (at: Site, route: RouteDefinition): string => at.settings.basePath + pathOf(route)

describe.each(routes.filter(({ access }) => access !== 'public'))('$method $path', (route) => {
  it('asks for its session in every spelling that leads there', async () => {
    let found = 0
    for (const path of spellings(whole(site(), route))) {
      const { status } = await fetchFrom(site(), route.method, path)
      expect([401, 404], path).toContain(status)
      if (status === 401) found++
    }
    // The path itself, what a URL parser resolves, and what is decoded to it.
    expect(found).toBeGreaterThan(8)
  })
})

describe.each(routes.filter(({ method }) => method !== 'GET'))('$method $path', (route) => {
  it('asks for its origin in every spelling that leads there', async () => {
    await site().unchanged(async () => {
      for (const path of spellings(whole(site(), route))) {
        const { status } = await fetchFrom(site(), route.method, path, { origin: 'https://evil.test' })
        expect([403, 404], path).toContain(status)
      }
    })
  })
})

describe('a limit', () => {
  const limited = useSite({ limits: limitsOf((name) => (name.endsWith('Network') ? 1 : 1000)) })
  const charged = routes.filter(({ method, access }) => method !== 'GET' && access === 'public')
  const free = ['magic-link.finish', 'session.delete', 'account.sign-out']
  const body = {
    email: 'somebody@example.com',
    phone: '+351912345678',
    password: goodPassword,
    token: 'A'.repeat(43),
    code: '123456',
    number: '12',
  }

  it.each(charged.filter(({ id }) => !free.includes(id)))(
    'holds for $method $path in every spelling',
    async (route) => {
      const at = limited()
      const path = whole(at, route)
      const send = async (spelled: string, address: string) => {
        const request = toRequest(home + spelled, { json: body, method: route.method, cookie: '' })
        return (await readAnswer(await at.auth.fetch(request, { address }))).status
      }
      // Each route has a network of its own here, so that no other one has used its budget up.
      const address = `198.51.100.${charged.indexOf(route) + 1}`
      expect(await send(path, address)).not.toBe(429)
      expect(await send(path, address)).toBe(429)
      await at.unchanged(async () => {
        for (const spelled of spellings(path))
          expect([404, 429], spelled).toContain(await send(spelled, address))
      })
    },
  )
})

describe('a strategy that is switched off', () => {
  const closed = useSite({ strategies: [password()] })

  it(
    'is not there under any spelling, and costs no statement (CVE-2026-7500)',
    { timeout: 120_000 },
    async () => {
      const present = new Set(closed().routes.map(({ id }) => id))
      const gone = routes.filter(({ id }) => !present.has(id))
      expect(gone.map(({ path }) => path.split('/')[1])).toEqual(
        expect.arrayContaining(['magic-link', 'email-otp', 'sms-otp', 'whatsapp']),
      )
      closed().statements.length = 0
      for (const route of gone) {
        for (const [index, path] of spellings(whole(closed(), route)).entries()) {
          // The other methods find the path itself, if they find anything.
          for (const method of index === 0 ? ['GET', 'POST', 'HEAD'] : [route.method]) {
            expect((await fetchFrom(closed(), method, path)).status, `${method} ${path}`).toBe(404)
          }
        }
      }
      expect(closed().statements).toEqual([])
      const told = await openBrowser(closed()).post('/magic-link/request', { email: 'a@example.com' })
      expect([told.status, told.json['code']]).toEqual([404, 'strategy_disabled'])
    },
  )
})

describe('through node:http, where a path arrives as it was sent', () => {
  let server: Server
  // Connections are kept: what is judged is the path of each request.
  const agent = new Agent({ keepAlive: true })
  beforeAll(async () => {
    server = createServer((incoming, outgoing) => void toNodeHandler(site().auth)(incoming, outgoing))
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  })
  afterAll(() => {
    agent.destroy()
    return new Promise((done) => server.close(done))
  })

  function statusOf(method: string, path: string, headers: Record<string, string>): Promise<number> {
    const { port } = server.address() as AddressInfo
    return new Promise((resolve, reject) => {
      const sent = ask({ port, host: '127.0.0.1', method, path, headers, agent }, (answer) => {
        answer.resume().once('end', () => resolve(answer.statusCode ?? 0))
      })
      sent.once('error', reject).end()
    })
  }

  // What node:http itself does not send is no request.
  const sendable = (path: string): boolean => /^[!-~]+$/.test(path)

  it('every spelling meets the guard of its route, or nothing', { timeout: 120_000 }, async () => {
    await site().unchanged(async () => {
      for (const route of routes.filter(({ method, access }) => method !== 'GET' || access !== 'public')) {
        const path = whole(site(), route)
        const forms = [...spellings(path), `http://evil.test${path}`, `https://app.example${path}`]
        for (const spelled of forms.filter(sendable)) {
          const forged = { host: 'app.example', origin: 'https://evil.test' }
          const status = await statusOf(
            route.method,
            spelled,
            route.method === 'GET' ? { host: 'app.example' } : forged,
          )
          expect(
            route.method === 'GET' ? [400, 401, 404] : [400, 403, 404],
            `${route.method} ${spelled}`,
          ).toContain(status)
        }
      }
    })
  })
})
