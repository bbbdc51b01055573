/**
 * Sessions that are not there, over, or somebody else's, at every route that asks for one; and the ids of another
 * user's rows, which are nobody's (GHSA-4vcf-q4xf-f48m). JSON is refused; a form, and whoever opens a page, is led to the
 * sign-in. Made from the list of routes that is served.
 */

import { beforeAll, describe, expect, it } from 'vitest'
import type { RouteDefinition } from '../../../src/http/index.js'
import { refusalIn } from '../../harness/answers.js'
import type { Answer } from '../../harness/answers.js'
import { encodeForm, flowCookie, openBrowser, sessionCookie, stepCookie } from '../../harness/http.js'
import type { Browser } from '../../harness/http.js'
import { listRoutes, useSite, withoutRefusals } from '../../harness/site.js'
import { enter, pathOf, visit } from '../../harness/visits.js'
import type { Visit } from '../../harness/visits.js'

const site = useSite()
const routes = (await listRoutes()).filter(({ access }) => access !== 'public')

// What a person meets where a session is missing, and where the sign-in is too long ago.
const signInPage = '/auth/sign-in'
const again = `${signInPage}?fresh=yes`

/** Sends what a person would: a form, or a page that is opened. */
function sendAsPerson(browser: Browser, route: RouteDefinition, body: Visit['body'] = {}): Promise<Answer> {
  const { method } = route
  if (method === 'GET') return browser.open(pathOf(route))
  const token = site().formToken(browser.cookies.get(flowCookie) ?? '')
  return browser.send(method, pathOf(route), { form: `${encodeForm(body)}&_form=${token}` })
}

// Data that a browser happens to open is told like JSON.
const leadsToPages = ({ method, hidden }: RouteDefinition): boolean => method !== 'GET' || hidden === true

const cookiesOf = ({ headers }: Answer): string[] =>
  headers.getSetCookie().map((line) => line.split(';', 1)[0] ?? '')

const dead: Record<string, Browser> = {}
let stale: Browser

/** Somebody whose browser goes on believing that it is signed in. */
async function lateBrowser(
  end: (user: { id: string }, browser: Browser) => Promise<unknown>,
): Promise<Browser> {
  const { browser } = await enter(site())
  const { user } = (await browser.get('/user')).json as { user: { id: string } }
  const late = browser.copy()
  await end(user, browser)
  return late
}

function withToken(token: string): Browser {
  return openBrowser(site(), new Map([[sessionCookie, token]]))
}

beforeAll(async () => {
  const { auth, clock } = site()
  dead['that was not used for too long'] = await lateBrowser(() => Promise.resolve())
  clock.advance('15d')
  dead['that was signed out'] = await lateBrowser((_, browser) => browser.send('DELETE', '/session'))
  dead['that was ended from elsewhere'] = await lateBrowser((user) => auth.accounts.revokeUserSessions(user))
  dead['of a user who was disabled'] = await lateBrowser((user) => auth.accounts.disableUser(user))
  dead['of a user who was deleted'] = await lateBrowser((user) => auth.accounts.deleteUser(user))
  const [one, other] = [await enter(site()), await enter(site())]
  const [token, foreign] = [one, other].map(({ browser }) =>
    Buffer.from(browser.cookies.get(sessionCookie) ?? '', 'base64url'),
  ) as [Buffer, Buffer]
  const mixed = Buffer.concat([token.subarray(0, 16), foreign.subarray(16)])
  dead['of the id of one and the secret of another'] = withToken(mixed.toString('base64url'))
  dead['of a secret that is cut'] = withToken(token.subarray(0, 47).toString('base64url'))
  dead['in another spelling'] = withToken(token.toString('base64url').toUpperCase())
  dead['that is none'] = withToken('x')
  dead['that is malformed'] = withToken('%E0%A4%A')
  stale = (await enter(site())).browser
  clock.advance('11m')
})

describe.each(routes)('$method $path', (route) => {
  it('asks for a session, and changes nothing without one', async () => {
    await site().unchanged(async () => {
      const { status, json, headers } = await openBrowser(site()).send(route.method, pathOf(route))
      expect([status, json['code'], headers.getSetCookie()]).toEqual([401, 'session_required', []])
      if (!leadsToPages(route)) return
      const led = await sendAsPerson(openBrowser(site()), route)
      expect([led.status, led.headers.get('location'), led.text]).toEqual([303, signInPage, ''])
      expect(cookiesOf(led)).toEqual([expect.stringMatching(`^${stepCookie}=.`)])
    })
  })

  it('takes no session that is over or nobody’s, clears its cookie, and changes nothing', async () => {
    const { body } = await visit(site(), route)
    const sent = body === undefined ? {} : { json: body }
    await site().unchanged(async () => {
      expect(Object.keys(dead)).toHaveLength(10)
      for (const [state, browser] of Object.entries(dead)) {
        const { status, json, headers } = await browser.copy().send(route.method, pathOf(route), sent)
        expect([status, json['code']], state).toEqual([401, 'session_required'])
        const cleared = `${sessionCookie}=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax`
        expect(headers.getSetCookie(), state).toEqual([cleared])
        if (!leadsToPages(route)) continue
        const led = await sendAsPerson(browser.copy(), route, body)
        expect([led.status, led.headers.get('location'), led.text], state).toEqual([303, signInPage, ''])
        expect(led.headers.getSetCookie(), state).toContain(cleared)
      }
    })
  })

  it(`${route.access === 'fresh' ? 'refuses' : 'takes'} a sign-in of eleven minutes ago`, async () => {
    const before = await site().rows()
    const answer = await stale.copy().send(route.method, pathOf(route))
    const led = leadsToPages(route) ? await sendAsPerson(stale.copy(), route) : null
    if (route.access === 'fresh') {
      const methods = site().settings.strategies.map(({ id }) => id)
      expect([answer.status, answer.json['code'], answer.json['methods']]).toEqual([
        403,
        'assurance_required',
        methods,
      ])
      expect(answer.headers.getSetCookie()).toEqual([])
      expect([led?.status, led?.headers.get('location')]).toEqual([303, again])
      expect(withoutRefusals(await site().rows())).toEqual(withoutRefusals(before))
      return
    }
    for (const { status, headers } of led === null ? [answer] : [answer, led]) {
      expect([200, 204, 303, 404, 422]).toContain(status)
      expect(headers.get('location') ?? '').not.toMatch(/sign-in/)
    }
  })
})

describe('what asks for no session', () => {
  it('is on this list, and nowhere else', async () => {
    const open = (await listRoutes()).filter(({ access, hidden }) => access === 'public' && hidden !== true)
    const others = open.filter(({ path }) => !/\/(?:request|callback|wait|approve)$/.test(path))
    expect(others.map(({ id }) => id).sort()).toEqual([
      'health',
      'magic-link.end',
      'magic-link.end-open',
      'ready',
      'session.delete',
      'sign-up',
    ])
  })
})

describe.each(routes.filter(({ path }) => path.includes(':')))('$method $path', (route) => {
  it('finds no row of another user, by whatever id of theirs', async () => {
    const { accounts } = site().auth
    const { browser: owner, email } = await enter(site())
    await owner.post('/magic-link/request', { email })
    const { user, session } = (await owner.get('/session')).json as {
      user: { id: string }
      session: { id: string }
    }
    const owned = ['sessions', 'identities', 'verifications', 'outbox'].map(
      (table) => `select id::text from latchkey.${table} where user_id = $1::uuid`,
    )
    const { rows } = await site().auth.query(owned.join(' union all '), [user.id])
    const ids = [user.id, ...rows.map(({ id }) => String(id))]
    expect([ids.length >= 5, ids.includes(session.id)]).toEqual([true, true])
    const { browser: attacker } = await enter(site())
    const forms = ids.flatMap((id) => [
      id,
      id.toUpperCase(),
      id.replaceAll('-', ''),
      `{${id}}`,
      `${id}%20`,
      `${id},${id}`,
    ])
    await site().unchanged(async () => {
      for (const id of [
        ...forms,
        '*',
        '%25',
        '0',
        'null',
        'current',
        '__proto__',
        "'%20or%20true--",
        '%00',
        '%ff',
      ]) {
        const path = route.path.replace(/:\w+/, id)
        const { status, json } = await attacker.send(route.method, path)
        expect([status, json['code']], id).toEqual([404, 'not_found'])
        const posted = await attacker.form(path, {}, route.method)
        expect([posted.status, refusalIn(posted)], id).toEqual([404, 'not_found'])
      }
    })
    expect(await accounts.listUserSessions(user)).toHaveLength(1)
    expect((await owner.get('/session')).status).toBe(200)
  })
})

describe('ids in a body or a query', () => {
  it('name nobody but whoever asks', async () => {
    const { browser: owner } = await enter(site())
    const { user, session } = (await owner.get('/session')).json as {
      user: { id: string }
      session: { id: string }
    }
    // One for each route, since one of the routes deletes whoever asks.
    const attackers: Browser[] = []
    while (attackers.length < routes.length) attackers.push((await enter(site())).browser)
    const named = {
      id: user.id,
      userId: user.id,
      user: { id: user.id },
      sessionId: session.id,
      except: session.id,
    }
    const query = `?id=${user.id}&userId=${user.id}&user_id=${user.id}&sessionId=${session.id}`
    const theirs = async () => (await site().rows()).filter((row) => row.includes(user.id))
    const before = await theirs()
    for (const { method, path } of routes.filter((each) => !each.path.includes(':'))) {
      const sent = method === 'GET' ? {} : { json: { ...named, name: 'planted' } }
      const answer = await (attackers.pop() as Browser).send(method, path + query, sent)
      expect(answer.text, `${method} ${path}`).not.toContain(user.id)
    }
    expect(await theirs()).toEqual(before)
    expect((await owner.get('/session')).status).toBe(200)
  })
})
