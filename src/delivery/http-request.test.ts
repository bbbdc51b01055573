/** One POST to a provider, against a server on loopback. */

import { once } from 'node:events'
import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import type { ProviderError } from './http-request.js'
import { post } from './http-request.js'

const closers: (() => unknown)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

async function start(answer: RequestListener): Promise<string> {
  const server = createServer(answer)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function faultOf(answer: RequestListener, timeoutMs = 5_000): Promise<unknown> {
  const url = await start(answer)
  const request = { provider: 'It', url, headers: { Authorization: 'hidden' }, body: 'secret body' }
  return post(request, { timeoutMs }).then(
    () => null,
    (error: unknown) => error,
  )
}

it('takes any 2xx as a delivery, whatever stands in the body', async () => {
  expect(await faultOf((_, response) => response.writeHead(200).end('{"garb'))).toBeNull()
  expect(await faultOf((_, response) => response.writeHead(204).end())).toBeNull()
})

it('does not wait for the body of a delivery, so that a stalled one is not sent twice', async () => {
  expect(await faultOf((_, response) => void response.writeHead(201).write('{'), 2_000)).toBeNull()
})

it.each([
  ['{"code":20429,"message":"secret body"}', '20429'],
  ['{"error":{"code":"E_1","message":"secret body"}}', 'E_1'],
  ['{"code":"words that quote the secret body"}', undefined],
  ['{"code":{"a":1}}', undefined],
  ['null', undefined],
  ['<html>', undefined],
])('reads the code of %s, and no words', async (body, code) => {
  const fault = (await faultOf((_, response) => response.writeHead(400).end(body))) as ProviderError
  expect([fault.status, fault.code]).toEqual([400, code])
  expect(`${fault.message}${JSON.stringify(fault)}`).not.toContain('secret body')
  expect(`${fault.message}${JSON.stringify(fault)}`).not.toContain('hidden')
})

it('reads how long it is asked to wait, as seconds or as a date', async () => {
  const ask = async (value: string): Promise<number | undefined> =>
    (
      (await faultOf((_, response) =>
        response.writeHead(429, { 'retry-after': value }).end(),
      )) as ProviderError
    ).retryAfterMs
  expect(await ask('120')).toBe(120_000)
  const soon = await ask(new Date(new Date().getTime() + 60_000).toUTCString())
  expect(soon).toBeGreaterThan(50_000)
  expect(soon).toBeLessThanOrEqual(60_000)
  expect([await ask('soon'), await ask('-5'), await ask(new Date(0).toUTCString())]).toEqual([
    undefined,
    undefined,
    undefined,
  ])
})

it('follows no redirect, which would carry the secrets elsewhere', async () => {
  let strayed = false
  const elsewhere = await start((_, response) => {
    strayed = true
    response.end()
  })
  const fault = await faultOf((_, response) => response.writeHead(307, { location: elsewhere }).end())
  expect(fault).toBeInstanceOf(TypeError)
  expect(strayed).toBe(false)
})

it('gives up on a server that is silent', async () => {
  expect(String(await faultOf(() => undefined, 50))).toContain('TimeoutError')
})

it('reads no more than the start of a refusal, and tells the status of one that breaks off', async () => {
  const endless = (await faultOf((_, response) => {
    response.writeHead(500)
    const chunk = 'x'.repeat(65_536)
    const write = (): void => {
      while (!response.destroyed && response.write(chunk));
    }
    response.on('drain', write)
    write()
  })) as ProviderError
  expect(endless.status).toBe(500)
  const broken = (await faultOf((_, response) => {
    response.writeHead(503, { 'content-length': '100' }).write('{"code"')
    setImmediate(() => response.destroy())
  })) as ProviderError
  expect([broken.status, broken.code]).toEqual([503, undefined])
})

it('uses the fetch that it is given', async () => {
  const seen: unknown[] = []
  const own: typeof fetch = (input) => {
    seen.push(input)
    return Promise.resolve(new Response(null, { status: 200 }))
  }
  await post({ provider: 'It', url: 'https://api.example/x', headers: {}, body: '' }, { fetch: own })
  expect(seen).toEqual(['https://api.example/x'])
})
