/** Every kind of secret, as a browser comes to it: asked for over HTTP, and read from the inbox. */

import type { Kit } from '../../src/testing/suite/case.js'
import { goodPassword, otherPassword, signUp } from '../../src/testing/suite/case.js'
import type { Answer, Browser } from './http-client.js'

/** What a message brought. */
export interface Minted {
  /** The address that it went to. */
  readonly value: string
  readonly token: string | undefined
  readonly code: string
}

/** A kind of secret. */
export interface SecretKind {
  readonly name: string
  /** Whether it signs in where it is redeemed. */
  readonly signsIn: boolean
  /** Asks for it in this browser. */
  mint(kit: Kit, browser: Browser): Promise<Minted>
  /** Redeems it where it belongs. */
  redeem(browser: Browser, minted: Minted): Promise<Answer>
}

async function read(kit: Kit, value: string): Promise<Minted> {
  const { token, code = '' } = await kit.inbox.latest(value)
  return { value, token, code }
}

async function askAt(kit: Kit, browser: Browser, path: string): Promise<Minted> {
  const email = kit.newEmail()
  await browser.post(path, { email, password: goodPassword })
  return read(kit, email)
}

async function askByPhone(kit: Kit, browser: Browser): Promise<Minted> {
  const phone = kit.newPhone()
  await browser.post('/sms-otp/request', { phone })
  return read(kit, phone)
}

async function askForRecovery(kit: Kit, browser: Browser): Promise<Minted> {
  const { identity } = await signUp(kit)
  await browser.post('/recovery/request', { email: identity.value })
  return read(kit, identity.value)
}

/** Every kind that a route asks for. */
export const secretKinds: readonly SecretKind[] = [
  {
    name: 'the link of a sign-up',
    signsIn: false,
    mint: (kit, browser) => askAt(kit, browser, '/sign-up'),
    redeem: (browser, { token }) => browser.post('/verification/callback', { token }),
  },
  {
    name: 'the code of a sign-up',
    signsIn: false,
    mint: (kit, browser) => askAt(kit, browser, '/sign-up'),
    redeem: (browser, { value, code }) => browser.post('/verification/callback', { email: value, code }),
  },
  {
    name: 'a link that signs in',
    signsIn: true,
    mint: (kit, browser) => askAt(kit, browser, '/magic-link/request'),
    redeem: (browser, { token }) => browser.post('/magic-link/callback', { token }),
  },
  {
    name: 'a code by email',
    signsIn: true,
    mint: (kit, browser) => askAt(kit, browser, '/email-otp/request'),
    redeem: (browser, { value, code }) => browser.post('/email-otp/callback', { email: value, code }),
  },
  {
    name: 'a code by text message',
    signsIn: true,
    mint: askByPhone,
    redeem: (browser, { value, code }) => browser.post('/sms-otp/callback', { phone: value, code }),
  },
  {
    name: 'the link of a recovery',
    signsIn: false,
    mint: askForRecovery,
    redeem: (browser, { token }) => browser.post('/recovery/callback', { token, password: otherPassword }),
  },
  {
    name: 'the code of a recovery',
    signsIn: false,
    mint: askForRecovery,
    redeem: (browser, { value, code }) =>
      browser.post('/recovery/callback', { email: value, code, password: otherPassword }),
  },
]
