/**
 * For each route of the contract, and each form of the pages, a request that it accepts, and the browser that may send it. What a matrix refuses
 * would have worked, because the request here does. A route without an entry fails the build.
 */

import { goodPassword, otherPassword } from '../../src/testing/suite/case.js'
import type { RouteDefinition } from '../../src/http/index.js'
import type { Browser } from './http.js'
import { openBrowser } from './http.js'
import type { Site } from './site.js'

/** A request that its route accepts. */
export interface Visit {
  readonly browser: Browser
  /** Below the base path, with its parameters in it. */
  readonly path: string
  readonly body?: Readonly<Record<string, unknown>>
}

/** Somebody, and the browser that they use. */
export interface Person {
  readonly browser: Browser
  readonly email: string
}

/** Signs up in a browser, without a proof yet. */
export async function signUp(site: Site): Promise<Person> {
  const [browser, email] = [openBrowser(site), site.newEmail()]
  await browser.post('/sign-up', { email, password: goodPassword })
  return { browser, email }
}

/** Signs up, proves the address and signs in with the password. */
export async function enterWithPassword(site: Site): Promise<Person> {
  const { browser, email } = await signUp(site)
  await browser.post('/verification/callback', { token: await tokenTo(site, email) })
  await browser.post('/password/request', { email, password: goodPassword })
  return { browser, email }
}

/** Signs in by a code, which costs no slow hash. */
export async function enter(site: Site, email = site.newEmail()): Promise<Person> {
  const browser = openBrowser(site)
  await browser.post('/email-otp/request', { email })
  await browser.post('/email-otp/callback', { email, code: await codeTo(site, email) })
  return { browser, email }
}

/** The link token of the last message to an address. */
export async function tokenTo(site: Site, address: string): Promise<string> {
  return (await site.inbox.latest(address)).token ?? ''
}

async function codeTo(site: Site, address: string): Promise<string> {
  return (await site.inbox.latest(address)).code ?? ''
}

async function askForLink(site: Site) {
  const { email } = await enter(site)
  const browser = openBrowser(site)
  await browser.post('/magic-link/request', { email })
  return { browser, email, token: await tokenTo(site, email) }
}

async function withCode(site: Site, strategy: string, to: 'email' | 'phone'): Promise<Visit> {
  const [browser, address] = [openBrowser(site), to === 'email' ? site.newEmail() : site.newPhone()]
  await browser.post(`/${strategy}/request`, { [to]: address })
  const code = await codeTo(site, address)
  return { browser, path: `/${strategy}/callback`, body: { [to]: address, code } }
}

async function asking(site: Site, path: string, to: 'email' | 'phone' = 'email'): Promise<Visit> {
  const { browser, email } = await enter(site)
  return { browser, path, body: to === 'email' ? { email } : { phone: site.newPhone() } }
}

/** Somebody to whom the host gave another address, which is to be proven. */
export async function askForChange(site: Site): Promise<Person> {
  const { accounts } = site.auth
  const [{ browser }, email] = [await enter(site), site.newEmail()]
  const { user } = (await browser.get('/user')).json as { user: { id: string } }
  const identity = await accounts.addUserIdentity(user, { type: 'email', value: email })
  await accounts.issueIdentityVerification(identity, 'email_change')
  return { browser, email }
}

/** Somebody who is signed in by a second browser too, whose session is named in the path. */
async function withOtherSession(site: Site, pathTo: (id: string) => string): Promise<Visit> {
  const { browser, email } = await enter(site)
  const { browser: other } = await enter(site, email)
  const { session } = (await other.get('/session')).json as { session: { id: string } }
  return { browser, path: pathTo(session.id) }
}

async function changingPassword(site: Site, path: string): Promise<Visit> {
  const { browser } = await enterWithPassword(site)
  return { browser, path, body: { currentPassword: goodPassword, password: otherPassword } }
}

async function signedIn(site: Site, path: string, body?: Visit['body']): Promise<Visit> {
  const { browser } = await enter(site)
  return body === undefined ? { browser, path } : { browser, path, body }
}

function anybody(site: Site, path: string, body?: Visit['body']): Promise<Visit> {
  const browser = openBrowser(site)
  return Promise.resolve(body === undefined ? { browser, path } : { browser, path, body })
}

async function askForApproval(site: Site) {
  const { browser: waiting, email, token } = await askForLink(site)
  const { json } = await waiting.get('/magic-link/wait')
  const approve = {
    browser: openBrowser(site),
    path: '/magic-link/approve',
    body: { token, number: json['number'] },
  }
  return { email, waiting, approve }
}

/** The notice of an approved sign-in, opened where nobody is signed in. */
async function askToEnd(site: Site): Promise<Visit> {
  const { email, waiting, approve } = await askForApproval(site)
  await approve.browser.post(approve.path, approve.body)
  await waiting.post('/magic-link/wait')
  const { link = '' } = await site.inbox.latest(email)
  const token = new URL(link).searchParams.get('token') ?? ''
  return { browser: openBrowser(site), path: '/magic-link/end', body: { token } }
}

/** By the id of the route. */
export const visits: Readonly<Record<string, (site: Site) => Promise<Visit>>> = {
  'sign-up': (site) => anybody(site, '/sign-up', { email: site.newEmail(), password: goodPassword }),
  async 'verification.request'(site) {
    const { browser, email } = await signUp(site)
    return { browser, path: '/verification/request', body: { email } }
  },
  async 'verification.open'(site) {
    const { browser, email } = await signUp(site)
    return { browser, path: `/verification/callback?token=${await tokenTo(site, email)}` }
  },
  async 'verification.callback'(site) {
    const { browser, email } = await signUp(site)
    return { browser, path: '/verification/callback', body: { token: await tokenTo(site, email) } }
  },
  async 'password.request'(site) {
    const { email } = await enterWithPassword(site)
    return { browser: openBrowser(site), path: '/password/request', body: { email, password: goodPassword } }
  },
  'magic-link.request': (site) => asking(site, '/magic-link/request'),
  async 'magic-link.open'(site) {
    const { browser, token } = await askForLink(site)
    return { browser, path: `/magic-link/callback?token=${token}` }
  },
  async 'magic-link.callback'(site) {
    const { browser, token } = await askForLink(site)
    return { browser, path: '/magic-link/callback', body: { token } }
  },
  'magic-link.approve': async (site) => (await askForApproval(site)).approve,
  async 'magic-link.wait'(site) {
    return { browser: (await askForLink(site)).browser, path: '/magic-link/wait' }
  },
  async 'magic-link.finish'(site) {
    const { waiting, approve } = await askForApproval(site)
    await approve.browser.post(approve.path, approve.body)
    return { browser: waiting, path: '/magic-link/wait' }
  },
  async 'magic-link.end-open'(site) {
    const { path, body } = await askToEnd(site)
    return { browser: openBrowser(site), path: `${path}?token=${String(body?.['token'])}` }
  },
  'magic-link.end': (site) => askToEnd(site),
  'email-otp.request': (site) => asking(site, '/email-otp/request'),
  'email-otp.callback': (site) => withCode(site, 'email-otp', 'email'),
  'sms-otp.request': (site) => asking(site, '/sms-otp/request', 'phone'),
  'sms-otp.callback': (site) => withCode(site, 'sms-otp', 'phone'),
  'whatsapp.request': (site) => asking(site, '/whatsapp/request', 'phone'),
  'whatsapp.callback': (site) => withCode(site, 'whatsapp', 'phone'),
  'recovery.request': (site) => asking(site, '/recovery/request'),
  async 'recovery.open'(site) {
    const { browser, email } = await enter(site)
    await browser.post('/recovery/request', { email })
    return { browser, path: `/recovery/callback?token=${await tokenTo(site, email)}` }
  },
  async 'recovery.callback'(site) {
    const { browser, email } = await enter(site)
    await browser.post('/recovery/request', { email })
    const token = await tokenTo(site, email)
    return { browser, path: '/recovery/callback', body: { token, password: otherPassword } }
  },
  async 'email-change.open'(site) {
    const { browser, email } = await askForChange(site)
    return { browser, path: `/email-change/callback?token=${await tokenTo(site, email)}` }
  },
  async 'email-change.callback'(site) {
    const { browser, email } = await askForChange(site)
    return { browser, path: '/email-change/callback', body: { token: await tokenTo(site, email) } }
  },
  'session.events': (site) => signedIn(site, '/session/events'),
  'session.get': (site) => signedIn(site, '/session'),
  'session.delete': (site) => signedIn(site, '/session'),
  'sessions.list': (site) => signedIn(site, '/sessions'),
  'sessions.delete': (site) => withOtherSession(site, (id) => `/sessions/${id}`),
  'sessions.delete-others': (site) => withOtherSession(site, () => '/sessions'),
  'user.get': (site) => signedIn(site, '/user'),
  'user.update': (site) => signedIn(site, '/user', { name: 'Ada' }),
  'user.delete': (site) => signedIn(site, '/user'),
  'identities.list': (site) => signedIn(site, '/identities'),
  'password.change': (site) => changingPassword(site, '/password'),
  health: (site) => anybody(site, '/health'),
  ready: (site) => anybody(site, '/ready'),
  'account.sign-out': (site) => signedIn(site, '/sign-out'),
  'account.profile': (site) => signedIn(site, '/account/profile', { name: 'Ada' }),
  'account.password': (site) => changingPassword(site, '/account/password'),
  'account.end-session': (site) => withOtherSession(site, (id) => `/account/sessions/${id}/end`),
  'account.end-others': (site) => withOtherSession(site, () => '/account/sessions/end-others'),
  'account.delete': (site) => signedIn(site, '/account/delete', { agree: 'yes' }),
}

/**
 * The routes whose form takes its token from a parked link. Without one it did its work already, or none is due, and so
 * it leads on whoever is signed in.
 */
export const linkForms: readonly string[] = [
  'verification.callback',
  'magic-link.callback',
  'magic-link.approve',
  'magic-link.end',
  'email-change.callback',
]

/** The path of a route with something in place of its parameters. */
export function pathOf({ path }: RouteDefinition): string {
  return path.replaceAll(/:\w+/g, '00000000-0000-4000-8000-000000000000')
}

/** A request for this route; a page that has no entry is asked for by whoever is signed in. */
export function visit(site: Site, route: RouteDefinition): Promise<Visit> {
  return visits[route.id]?.(site) ?? signedIn(site, pathOf(route))
}
