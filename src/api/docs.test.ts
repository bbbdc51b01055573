/** The API reference page: local assets, a closed list of them, and no inline code. */

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { AuthError } from '../base/index.js'
import { healthSchema } from '../contract/index.js'
import { defineRoute } from '../http/index.js'
import type { RequestContext } from '../http/index.js'
import { assetsVersion, createContractRoutes } from './docs.js'

const root = fileURLToPath(new URL('../../', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'latchkey-assets-'))
execFileSync(process.execPath, [join(root, 'scripts/copy-assets.mjs'), folder])
afterAll(() => rmSync(folder, { recursive: true }))

const health = defineRoute({
  id: 'health.get',
  method: 'GET',
  path: '/health',
  access: 'public',
  summary: 'Whether the process runs.',
  answers: { 200: { description: 'It runs.', schema: healthSchema } },
  handle: () => ({ status: 200, body: { status: 'ok' } }),
})
const place = { baseUrl: 'http://localhost:3000', basePath: '/auth', tokenTransport: 'cookie' } as const
const routes = createContractRoutes([health], place, pathToFileURL(`${folder}/`))

async function get(path: string): Promise<Response> {
  const asset = /^\/docs\/(.+)$/.exec(path)?.[1]
  const route = routes.find((each) => each.path === (asset === undefined ? path : '/docs/:asset'))
  const outcome = await route?.handle({ param: () => asset ?? '' } as unknown as RequestContext, undefined)
  if (outcome?.status !== 'complete') throw new Error('The answer is not complete.')
  return outcome.response
}

describe('the contract', () => {
  it('is served as a document', async () => {
    const response = await get('/openapi.json')
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(await response.json()).toMatchObject({ openapi: '3.1.1', paths: { '/health': {} } })
  })

  it('is shown by a page that runs only files of its own', async () => {
    const response = await get('/docs')
    const text = await response.text()
    expect(response.headers.get('content-security-policy')).not.toMatch(/unsafe|https?:/)
    expect(text).not.toMatch(/<script(?![^>]* src=)|<style|\son\w+=|\sstyle=|https?:\/\//)
    for (const [, path] of text.matchAll(/(?:src|href)="\/auth(\/docs\/[^"?]+)/g))
      expect((await get(path ?? '')).status).toBe(200)
  })

  it('has assets that a browser may keep, under an address that changes with their version', async () => {
    const script = await get('/docs/swagger-ui-bundle.js')
    expect(script.headers.get('content-type')).toMatch(/^text\/javascript/)
    expect(script.headers.get('cache-control')).toContain('immutable')
    expect((await script.text()).length).toBeGreaterThan(100_000)
    expect((await get('/docs/swagger-ui.css')).headers.get('content-type')).toMatch(/^text\/css/)
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      devDependencies: Record<string, string>
    }
    expect(manifest.devDependencies['swagger-ui-dist']).toBe(assetsVersion)
    expect(await (await get('/docs')).text()).toContain(`swagger-ui-bundle.js?v=${assetsVersion}`)
  })

  it.each(['LICENSE', '../docs.js', '..%2fdocs.js', 'constructor', ''])(
    'serves no other file: %j',
    async (name) => {
      const asked = routes[2]?.handle({ param: () => name } as unknown as RequestContext, undefined)
      await expect(asked).rejects.toSatisfy((error) => AuthError.is(error, 'not_found'))
    },
  )

  it('comes with the licenses of what is copied', () => {
    expect(readdirSync(folder)).toEqual(
      expect.arrayContaining(['LICENSE', 'NOTICE', 'swagger-ui-bundle.js.LICENSE.txt']),
    )
  })
})
