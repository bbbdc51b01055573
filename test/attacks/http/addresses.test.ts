/**
 * Hostile addresses over HTTP (CVE-2026-73420, CVE-2019-19844): each is refused, or what is stored is what is proven
 * and where the message went, and no two that a person would take for different ones share an account.
 */

import { describe, expect, it } from 'vitest'
import { openBrowser } from '../../harness/http.js'
import { useSite } from '../../harness/site.js'

const site = useSite()
const bound = 'somebody@example.com'

const corpus: readonly string[] = [
  'victim\uff20example.com',
  'victim\ufe6bexample.com',
  'victim@example.com\uff20evil.test',
  '\u212aelvin@example.com',
  'v\u0131ctim@example.com',
  'v\u0130ctim@example.com',
  'straße@example.com',
  'STRASSE@example.com',
  'victim@straße.de',
  '\u017fomebody@example.com',
  'caf\u00e9@example.com',
  'cafe\u0301@example.com',
  'victim@m\u00fcnchen.example',
  'victim@xn--mnchen-3ya.example',
  'victim@mu\u0308nchen.example',
  'victim@xn--zz.example',
  'vic\u200dtim@example.com',
  'vic\u200btim@example.com',
  'vic\u00adtim@example.com',
  '\ufeffvictim@example.com',
  'vic\u202etim@example.com',
  'vic\u2066tim@example.com',
  '"victim"@example.com',
  '"vic tim"@example.com',
  '"a@evil.test"@example.com',
  'victim(comment)@example.com',
  'victim@(comment)example.com',
  'victim@example.com(comment)',
  'victim@example.com,evil@evil.test',
  'victim@example.com;evil@evil.test',
  'victim@example.com evil@evil.test',
  '<victim@example.com>',
  'Victim <victim@example.com>',
  'mailto:victim@example.com',
  'victim@example.com?bcc=evil@evil.test',
  'victim@example.com\r\nBcc: evil@evil.test',
  'victim@example.com\nevil@evil.test',
  'victim@example.com%0d%0aBcc:evil@evil.test',
  'victim@example.com\u0000',
  'vic\u0000tim@example.com',
  'victim@example.com\u0000@evil.test',
  'victim@example.com.',
  'victim@.example.com',
  'victim@example..com',
  'victim.@example.com',
  '.victim@example.com',
  'vic..tim@example.com',
  'victim@example',
  'victim@localhost',
  'victim@127.0.0.1',
  'victim@[127.0.0.1]',
  'victim@[IPv6:::1]',
  'victim@@example.com',
  'victim@evil.test@example.com',
  '@example.com',
  'victim@',
  'victim@example.com:25',
  'victim@exam_ple.com',
  'victim@-example.com',
  'victim@example.com/..',
  'victim@example.com#x',
  'victim@example\u3002com',
  'victim@example\uff0ecom',
  'victim@\u24d4xample.com',
  'vict\u0456m@example.com',
  '\ud800victim@example.com',
  ' victim@example.com ',
  'VICTIM@EXAMPLE.COM',
  'victim+tag@example.com',
  `${'v'.repeat(65)}@example.com`,
  `${'v'.repeat(64)}@${'d'.repeat(63)}.${'d'.repeat(63)}.${'d'.repeat(63)}.example`,
  `victim@${'d'.repeat(64)}.example`,
  `${'v'.repeat(300)}@example.com`,
  `${'v@'.repeat(100)}example.com`,
]

interface Kept {
  readonly email: string
  readonly to: string
  readonly user: string
}

/** Asks for a code; gives where it went and what was stored, or null where the address was refused. */
async function ask(email: string): Promise<Kept | null> {
  await site().inbox.clear()
  const browser = openBrowser(site())
  const { status, json } = await browser.post('/email-otp/request', { email })
  const messages = await site().inbox.all()
  if (status !== 202) {
    expect([status, json['code'], messages.length], email).toEqual([422, 'input_invalid', 0])
    return null
  }
  expect(messages, email).toHaveLength(1)
  const [{ to, code } = { to: { value: '' }, code: '' }] = messages
  const proven = await browser.post('/email-otp/callback', { email, code })
  expect(proven.status, email).toBe(200)
  const { identities } = (await browser.get('/identities')).json as {
    identities: { value: string; userId: string }[]
  }
  expect(
    identities.map(({ value }) => value),
    email,
  ).toEqual([to.value])
  return { email, to: to.value, user: identities[0]?.userId ?? '' }
}

describe('a hostile address', () => {
  it('is refused, or is stored as it is proven and sent to', { timeout: 120_000 }, async () => {
    const kept: Kept[] = []
    for (const email of corpus) {
      const found = await ask(email)
      if (found !== null) kept.push(found)
    }
    // Whatever is kept is plain: one mailbox, at a domain in ASCII, of no more than 254 bytes.
    for (const { to } of kept) {
      expect(to).toMatch(/^[^\s"(),:;<>@[\\\]\p{Cc}\p{Cf}]+@[a-z0-9.-]+\.[a-z0-9-]+$/u)
      expect(Buffer.byteLength(to)).toBeLessThanOrEqual(254)
      expect(to).not.toMatch(/evil/)
    }
    const users = [...new Set(kept.map(({ user }) => user))]
    const spelled = users.map((each) => kept.filter(({ user }) => user === each).map(({ email }) => email))
    // Letter case, what trimming takes for space, and the two spellings of one domain make no other mailbox.
    expect(spelled.filter((each) => each.length > 1)).toEqual([
      ['victim@m\u00fcnchen.example', 'victim@xn--mnchen-3ya.example', 'victim@mu\u0308nchen.example'],
      ['\ufeffvictim@example.com', ' victim@example.com ', 'VICTIM@EXAMPLE.COM'],
    ])
  })

  it(
    'is refused or answered as any other by every route that asks for one, and reaches nobody else',
    { timeout: 120_000 },
    async () => {
      const victim = 'victim@example.com'
      await ask(victim)
      await site().inbox.clear()
      const others = corpus.filter((email) => email.trim().toLowerCase() !== victim)
      for (const email of others) {
        for (const path of [
          '/sign-up',
          '/verification/request',
          '/recovery/request',
          '/magic-link/request',
        ]) {
          const answer = await openBrowser(site()).post(path, { email, password: 'short' })
          expect([202, 422], `${path} ${email}`).toContain(answer.status)
        }
      }
      expect(await site().inbox.to(victim)).toEqual([])
      expect(await site().inbox.to(bound)).toEqual([])
    },
  )
})
