/**
 * The link that ends an approved sign-in is no more than that: it ends one session, only by its button, and a stranger
 * learns nothing from it.
 */

import { describe, expect, it } from 'vitest'
import { openBrowser } from '../../harness/http.js'
import { useSite } from '../../harness/site.js'
import { enter, visits } from '../../harness/visits.js'

const site = useSite()

/** A link whose session lives, and the bytes of its token. */
async function link() {
  const { browser, path, body } = (await visits['magic-link.end']?.(site())) ?? {}
  if (browser === undefined || path === undefined) throw new Error('There is no such route.')
  const token = String(body?.['token'])
  return { browser, path, token, bytes: Buffer.from(token, 'base64url') }
}

const idBytes = (id: string): Buffer => Buffer.from(id.replaceAll('-', ''), 'hex')

describe('the link that ends an approved sign-in', () => {
  it('is opened by machines a hundred times, and nothing changes', async () => {
    const { browser, path, token } = await link()
    await site().unchanged(async () => {
      for (let fetched = 0; fetched < 50; fetched++) {
        for (const method of ['GET', 'HEAD']) {
          const { status, headers } = await openBrowser(site()).send(method, `${path}?token=${token}`)
          expect([status, headers.get('location')]).toEqual([303, '/auth/end-session'])
          expect(headers.getSetCookie().join()).not.toContain(token)
        }
      }
    })
    expect((await browser.post(path, { token })).json).toEqual({ status: 'ended' })
  })

  it('ends nothing when the id of another session or user stands in it, or its MAC was changed', async () => {
    const { browser, path, token, bytes } = await link()
    const other = await enter(site())
    const { user, session } = (await other.browser.get('/session')).json as Record<string, { id: string }>
    const [userId, id] = [idBytes(user?.id ?? ''), idBytes(session?.id ?? '')]
    const mac = bytes.subarray(32)
    const forged = [
      Buffer.concat([userId, id, mac]),
      Buffer.concat([bytes.subarray(0, 16), id, mac]),
      Buffer.concat([userId, bytes.subarray(16, 32), mac]),
      Buffer.concat([bytes.subarray(0, 32), Buffer.alloc(32)]),
      ...[0, 15, 16, 31].map((at) => {
        const changed = Buffer.from(mac)
        changed.writeUInt8(changed.readUInt8(at) ^ 1, at)
        return Buffer.concat([bytes.subarray(0, 32), changed])
      }),
    ].map((each) => each.toString('base64url'))
    const before = await site().rows('sessions')
    for (const wrong of [...forged, token.slice(0, -1), `${token}A`, token.toUpperCase(), 'x', '']) {
      const stranger = openBrowser(site())
      expect([wrong, (await stranger.post(path, { token: wrong })).json['status']]).toEqual([
        wrong,
        wrong === '' ? 422 : 'already_ended',
      ])
    }
    expect(await site().rows('sessions')).toEqual(before)
    expect((await other.browser.get('/session')).status).toBe(200)
    expect((await browser.post(path, { token })).json).toEqual({ status: 'ended' })
  })

  it('answers a token that was never valid as one whose session has ended', async () => {
    const { browser, path, token } = await link()
    await browser.post(path, { token })
    const used = await browser.post(path, { token })
    const wrong = await browser.post(path, { token: 'A'.repeat(86) })
    expect([wrong.status, wrong.json]).toEqual([used.status, used.json])
  })

  it('is refused as a form of another site, and as a form that no page of ours showed', async () => {
    const { path, token } = await link()
    const victim = openBrowser(site())
    await victim.send('GET', `${path}?token=${token}`)
    const before = await site().rows('sessions')
    const foreign = { origin: 'https://evil.test' }
    expect((await victim.send('POST', path, { form: {}, headers: foreign })).status).toBe(403)
    expect((await victim.send('POST', path, { form: { _form: 'made-up' } })).status).toBe(403)
    expect((await victim.send('POST', path, { json: { token }, headers: foreign })).status).toBe(403)
    expect(await site().rows('sessions')).toEqual(before)
  })
})
