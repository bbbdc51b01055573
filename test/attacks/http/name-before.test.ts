/**
 * Everything that is looked up by the name of a browser is found under the name before too, for ten minutes: what was begun
 * in one tab goes on after another tab signed in. Without that name, and after ten minutes, it is not.
 */

import { describe, expect, it } from 'vitest'
import { enter, goodPassword, otherPassword, signUp } from '../../../src/testing/suite/case.js'
import { postgres } from '../../harness/engines.js'
import type { Answer, Browser } from '../../harness/http-client.js'
import { openBrowser, refusalOf, roomy } from '../../harness/http-client.js'
import { useKit } from '../../harness/kit.js'

const kit = useKit(postgres.open, roomy)

/** Goes on with what was begun, and says how it went. */
type GoOn = (browser: Browser) => Promise<string>

interface LookUp {
  /** What `GoOn` says where the browser is known by a name that counts, and where it is not. */
  readonly found: string
  readonly lost: string
  begin(browser: Browser): Promise<GoOn>
}

const flowOf = (browser: Browser): string => (browser.jar.get('latchkey-flow') ?? '').split('.')[0] ?? ''

async function beginSignUp(browser: Browser) {
  const email = kit().newEmail()
  await browser.post('/sign-up', { email, password: goodPassword })
  return { email, ...(await kit().inbox.latest(email)) }
}

async function beginRecovery(browser: Browser) {
  const { identity } = await signUp(kit())
  const email = identity.value
  await browser.post('/recovery/request', { email })
  return { email, ...(await kit().inbox.latest(email)) }
}

async function beginSignIn(browser: Browser) {
  const { identity } = await enter(kit())
  const email = identity.value
  await browser.post('/magic-link/request', { email })
  return { email, ...(await kit().inbox.latest(email)) }
}

async function beginChange(browser: Browser) {
  const { user } = await enter(kit())
  const email = kit().newEmail()
  const identity = await kit().accounts.addUserIdentity(user, { type: 'email', value: email })
  await browser.post('/magic-link/request', { email: kit().newEmail() })
  await kit().accounts.issueIdentityVerification(identity, 'email_change', { flow: flowOf(browser) })
  return { email, ...(await kit().inbox.latest(email)) }
}

const told = (answer: Promise<Answer>): Promise<string> => answer.then(refusalOf)

/** Opens a link as a browser does, and says where the form of its page leads. */
async function opened(browser: Browser, path: string, token: string | undefined): Promise<string> {
  // Pages are no part of the contract of the wire.
  const pages = openBrowser(kit().auth, { replaced: true })
  for (const [name, value] of browser.jar) pages.jar.set(name, value)
  const open = (at: string) => pages.request('GET', at, { headers: { accept: 'text/html' } })
  let page = await open(`${path}?token=${token ?? ''}`)
  for (let at = page.headers.get('location'); at !== null; at = page.headers.get('location'))
    page = await open(at.replace(/^.*\/auth/, ''))
  const [, action = 'none'] = /<form[^>]* action="\/auth\/([^"]*)"/.exec(page.text) ?? []
  return page.text.includes('data-part="facts"') ? `elsewhere ${action}` : action
}

const lookUps: Readonly<Record<string, LookUp>> = {
  'the message of a sign-up, sent again': {
    found: 'sent',
    lost: 'nothing sent',
    async begin(browser) {
      const { email, code } = await beginSignUp(browser)
      return async (of) => {
        await of.post('/verification/request', { email })
        const latest = await kit().inbox.latest(email)
        if (latest.code === code) return 'nothing sent'
        expect(await told(of.post('/verification/callback', { email, code: latest.code }))).toBe(
          '200 verified',
        )
        return 'sent'
      }
    },
  },
  'the link of a sign-up': {
    found: '200 verified',
    lost: '409 confirmation_required',
    async begin(browser) {
      const { token } = await beginSignUp(browser)
      return (of) => told(of.post('/verification/callback', { token }))
    },
  },
  'the code of a sign-up': {
    found: '200 verified',
    lost: '400 invalid_token',
    async begin(browser) {
      const { email, code } = await beginSignUp(browser)
      return (of) => told(of.post('/verification/callback', { email, code }))
    },
  },
  'the page of the link of a sign-up': {
    found: 'verification/callback',
    lost: 'elsewhere verification/callback',
    async begin(browser) {
      const { token } = await beginSignUp(browser)
      return (of) => opened(of, '/verification/callback', token)
    },
  },
  'the link of a recovery': {
    found: '200 recovered',
    lost: '409 confirmation_required',
    async begin(browser) {
      const { token } = await beginRecovery(browser)
      return (of) => told(of.post('/recovery/callback', { token, password: otherPassword }))
    },
  },
  'the code of a recovery': {
    found: '200 recovered',
    lost: '400 invalid_token',
    async begin(browser) {
      const { email, code } = await beginRecovery(browser)
      return (of) => told(of.post('/recovery/callback', { email, code, password: otherPassword }))
    },
  },
  'the page of the link of a recovery': {
    found: 'recovery/callback',
    lost: 'none',
    async begin(browser) {
      const { token } = await beginRecovery(browser)
      return (of) => opened(of, '/recovery/callback', token)
    },
  },
  'the link of a change of address': {
    found: '200 verified',
    lost: '409 confirmation_required',
    async begin(browser) {
      const { token } = await beginChange(browser)
      return (of) => told(of.post('/email-change/callback', { token }))
    },
  },
  'the link of a sign-in': {
    found: '200 ',
    lost: '409 confirmation_required',
    async begin(browser) {
      const { token } = await beginSignIn(browser)
      return (of) => told(of.post('/magic-link/callback', { token }))
    },
  },
  'the code of a sign-in': {
    found: '200 ',
    lost: '400 invalid_token',
    async begin(browser) {
      const { email, code } = await beginSignIn(browser)
      return (of) => told(of.post('/email-otp/callback', { email, code }))
    },
  },
  'the page of the link of a sign-in': {
    found: 'magic-link/callback',
    lost: 'elsewhere magic-link/approve',
    async begin(browser) {
      const { token } = await beginSignIn(browser)
      return (of) => opened(of, '/magic-link/callback', token)
    },
  },
  'the number of a sign-in that waits': {
    found: 'waiting',
    lost: 'none',
    async begin(browser) {
      await beginSignIn(browser)
      const { number } = (await browser.get('/magic-link/wait')).json
      return async (of) => {
        const { json } = await of.get('/magic-link/wait')
        if (json['status'] === 'waiting') expect(json['number']).toBe(number)
        return String(json['status'])
      }
    },
  },
  'a sign-in that was approved': {
    found: '200 ',
    lost: '202 waiting',
    async begin(browser) {
      const { token } = await beginSignIn(browser)
      const { number } = (await browser.get('/magic-link/wait')).json
      await openBrowser(kit().auth).post('/magic-link/approve', { token, number })
      return (of) => told(of.post('/magic-link/wait'))
    },
  },
}

/** Another tab of this browser signs in, so that the browser has a new name. */
async function signInBeside(browser: Browser): Promise<void> {
  const before = flowOf(browser)
  const { identity } = await signUp(kit())
  const signedIn = await browser.post('/password/request', { email: identity.value, password: goodPassword })
  expect(signedIn.status).toBe(200)
  expect(flowOf(browser)).not.toBe(before)
}

describe.each(Object.entries(lookUps))('%s', (_, { found, lost, begin }) => {
  it('is found after another tab signed in', async () => {
    const browser = openBrowser(kit().auth)
    const goOn = await begin(browser)
    await signInBeside(browser)
    expect(await goOn(browser)).toBe(found)
  })

  it('is found by nobody who has the new name alone', async () => {
    const browser = openBrowser(kit().auth)
    const goOn = await begin(browser)
    await signInBeside(browser)
    const thief = openBrowser(kit().auth)
    thief.jar.set('latchkey-flow', flowOf(browser))
    expect(await goOn(thief)).toBe(lost)
  })
})
