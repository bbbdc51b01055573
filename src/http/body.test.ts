/** Reading bodies. */

import { describe, expect, it } from 'vitest'
import { costOf } from '../../test/harness/cost.js'
import { readBody } from './body.js'

function request(body: string | null, type?: string): Request {
  return new Request('http://localhost', {
    method: 'POST',
    body,
    headers: type === undefined ? {} : { 'content-type': type },
  })
}

const json = 'application/json'
const form = 'application/x-www-form-urlencoded'

describe('a body', () => {
  it('is a JSON object, with or without a charset', async () => {
    expect(await readBody(request('{"a":1}', json))).toEqual({ fields: { a: 1 }, isForm: false })
    expect((await readBody(request('{"a":1}', 'Application/JSON; charset=utf-8'))).fields).toEqual({ a: 1 })
  })

  it('is a form of texts, in which a repeated field is no text', async () => {
    const { fields, isForm } = await readBody(request('a=1&b=x+y%26&a=2&__proto__=p', form))
    expect(isForm).toBe(true)
    expect(fields['b']).toBe('x y&')
    expect(fields['a']).toEqual(['1', '2'])
    expect(Object.getPrototypeOf(fields)).toBe(Object.prototype)
    expect(Object.keys(fields)).toContain('__proto__')
  })

  it('may be missing', async () => {
    expect(await readBody(request(null))).toEqual({ fields: {}, isForm: false })
    expect((await readBody(request('', json))).fields).toEqual({})
  })

  it.each([
    ['{', json],
    ['[]', json],
    ['"x"', json],
    ['null', json],
    ['{}', 'text/plain'],
    ['{}', 'application/jsonp'],
    ['{}', ''],
    ['a=b', 'multipart/form-data; boundary=x'],
  ])('is refused when it is %j as %s', async (body, type) => {
    await expect(readBody(request(body, type))).rejects.toMatchObject({
      code: 'input_invalid',
      fields: [{ field: 'body', rule: 'format' }],
    })
  })

  it('of more than 64 KiB is refused, said or unsaid, at once', async () => {
    const long = `{"a":"${'x'.repeat(70_000)}"}`
    await expect(readBody(request(long, json))).rejects.toMatchObject({ code: 'input_invalid' })
    const endless = () =>
      new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(16_384)) })
    const streamed = () =>
      new Request('http://localhost', {
        method: 'POST',
        body: endless(),
        headers: { 'content-type': json },
        duplex: 'half',
      })
    expect(await costOf(() => readBody(streamed()).catch(() => undefined))).toBeLessThan(50)
    await expect(readBody(streamed())).rejects.toMatchObject({ code: 'input_invalid' })
  })

  it('nested a hundred thousand times is refused, and the process lives', async () => {
    await expect(readBody(request('['.repeat(100_000), json))).rejects.toMatchObject({
      code: 'input_invalid',
    })
    const nested = `{"a":${'['.repeat(30_000)}${']'.repeat(30_000)}}`
    expect(await costOf(() => readBody(request(nested, json)).catch(() => undefined))).toBeLessThan(50)
  })
})
