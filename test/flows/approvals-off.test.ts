/** `magicLink({ approvals: false })`: nothing offers an approval, and nothing accepts one, as JSON and as pages. */

import { describe, expect, it } from 'vitest'
import { emailOtp, magicLink } from '../../src/strategies/index.js'
import { enter } from '../../src/testing/suite/case.js'
import { postgres } from '../harness/engines.js'
import { openBrowser, refusalOf, roomy } from '../harness/http-client.js'
import { useKit } from '../harness/kit.js'
import { createPerson, formsOf } from '../harness/person.js'

const off = useKit(postgres.open, { ...roomy, strategies: [magicLink({ approvals: false }), emailOtp()] })
const on = useKit(postgres.open, { ...roomy, strategies: [magicLink(), emailOtp()] })

const waitingPaths = ['/magic-link/wait', '/magic-link/approve']

async function pathsOf(kit: typeof off): Promise<string[]> {
  const { json } = await openBrowser(kit().auth).get('/openapi.json')
  return Object.keys(json['paths'] as object).map((path) => path.replace('/auth', ''))
}

describe('approvals that are turned off', () => {
  it('are no routes of the contract, which has them otherwise', async () => {
    expect(await pathsOf(on)).toEqual(expect.arrayContaining(waitingPaths))
    const paths = await pathsOf(off)
    for (const path of waitingPaths) expect(paths).not.toContain(path)
  })

  it('are neither shown, nor taken, nor finished over HTTP; the link works where it was asked for', async () => {
    const { identity } = await enter(off())
    const email = identity.value
    const browser = openBrowser(off().auth, { replaced: true })
    await browser.post('/magic-link/request', { email })
    const { token } = await off().inbox.latest(email)
    const other = openBrowser(off().auth, { replaced: true })
    expect((await browser.get('/magic-link/wait')).status).toBe(404)
    expect((await other.post('/magic-link/approve', { token, number: '10' })).status).toBe(404)
    expect((await browser.post('/magic-link/wait')).status).toBe(404)
    expect(refusalOf(await other.post('/magic-link/callback', { token }))).toBe('409 confirmation_required')
    expect((await browser.post('/magic-link/callback', { token })).status).toBe(200)
  })

  it.each([
    ['off', off, false],
    ['on', on, true],
  ] as const)('are on no page (%s)', async (_, kit, offered) => {
    const { identity } = await enter(kit())
    const here = createPerson(kit().auth)
    await here.open('/auth/sign-in')
    await here.send('way-magic-link', { email: identity.value })
    expect(here.page().html.includes('data-part="number"')).toBe(offered)
    expect(here.page().html.includes('/auth/magic-link/wait')).toBe(offered)
    const there = createPerson(kit().auth)
    await there.open((await kit().inbox.latest(identity.value)).link as string)
    const { html, text } = there.page()
    expect(formsOf(html).has('confirm')).toBe(offered)
    expect(html.includes('name="number"')).toBe(offered)
    // Where it was asked for is told either way; the warning stands beside the number.
    expect(html).toContain('data-part="facts"')
    expect(text.includes('will ever tell you this number')).toBe(offered)
  })

  it('is true or false, and nothing else', () => {
    expect(() => magicLink({ approvals: 'no' as never })).toThrow(TypeError)
  })
})
