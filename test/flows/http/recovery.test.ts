/** Recovery over HTTP: by the link, by the parked link and by the code. */

import { describe, expect, it } from 'vitest'
import { goodPassword, otherPassword, signUp } from '../../../src/testing/suite/case.js'
import { engines } from '../../harness/engines.js'
import { openBrowser, refusalOf, roomy } from '../../harness/http-client.js'
import { useKit } from '../../harness/kit.js'

describe.each(engines)('a person who forgot the password, on $name,', ({ open }) => {
  const kit = useKit(open, roomy)

  async function forget() {
    const email = kit().newEmail()
    await signUp(kit(), email)
    const [here, elsewhere] = [openBrowser(kit().auth), openBrowser(kit().auth)]
    await elsewhere.post('/password/request', { email, password: goodPassword })
    expect(refusalOf(await here.post('/recovery/request', { email }))).toBe('202 verification_sent')
    const { token, code } = await kit().inbox.latest(email)
    const signIn = async (password: string) =>
      (await here.post('/password/request', { email, password })).status
    return { email, here, elsewhere, token: token as string, code: code as string, signIn }
  }

  it.each(['link', 'parked link', 'code'])('sets another by the %s, and every session ends', async (way) => {
    const { email, here, elsewhere, token, code, signIn } = await forget()
    if (way === 'parked link') await here.get(`/recovery/callback?token=${token}`)
    const secret = { link: { token }, 'parked link': {}, code: { email, code } }[way]
    const recovered = await here.post('/recovery/callback', { ...secret, password: otherPassword })
    expect(refusalOf(recovered)).toBe('200 recovered')
    expect((await elsewhere.get('/session')).status).toBe(401)
    expect([await signIn(goodPassword), await signIn(otherPassword)]).toEqual([401, 200])
    expect((await kit().inbox.latest(email)).event).toBe('account_recovered')
    const again = await here.post('/recovery/callback', { token, password: goodPassword })
    expect(refusalOf(again)).toBe('400 invalid_token')
  })

  it('may try another password after one that is refused', async () => {
    const { email, here, token, code } = await forget()
    for (const secret of [{ token }, { email, code }]) {
      const refused = await here.post('/recovery/callback', { ...secret, password: 'short' })
      expect(refused.json['fields']).toEqual([{ field: 'password', rule: 'min', limit: 12 }])
    }
    expect(refusalOf(await here.post('/recovery/callback', { token, password: otherPassword }))).toBe(
      '200 recovered',
    )
  })

  it('opens the link in another browser to no effect', async () => {
    const { elsewhere, here, token, signIn } = await forget()
    const answer = await elsewhere.post('/recovery/callback', { token, password: otherPassword })
    expect(refusalOf(answer)).toBe('409 confirmation_required')
    expect(await signIn(goodPassword)).toBe(200)
    expect(refusalOf(await here.post('/recovery/callback', { token, password: otherPassword }))).toBe(
      '200 recovered',
    )
  })
})
