/**
 * A browser in this process: it keeps cookies, sends the origin of the application, and posts JSON and forms. Every
 * answer that it gets is held against the contract.
 */

import { expect } from 'vitest'
import { expectContract, readAnswer } from './answers.js'
import type { Answer } from './answers.js'
import { home } from './site.js'
import type { Site } from './site.js'

/** A body as it is. */
export type RawBody = string | Uint8Array<ArrayBuffer> | ReadableStream

/** What is sent beside method and path. A header that is null is not sent. */
export interface Sent {
  readonly json?: unknown
  readonly form?: Readonly<Record<string, string>> | string
  /** The body as it is, of the type that `headers` tell. */
  readonly raw?: RawBody
  readonly headers?: Readonly<Record<string, string | null>>
  /** Another host in the request's own URL. */
  readonly host?: string
}

/** A browser. Paths are below the base path. */
export interface Browser {
  readonly cookies: Map<string, string>
  send(method: string, path: string, sent?: Sent): Promise<Answer>
  get(path: string): Promise<Answer>
  post(path: string, json?: unknown): Promise<Answer>
  /** Posts a form with the token of this browser, which gets its name first where it has none. */
  form(path: string, fields: Readonly<Record<string, string>> | string, method?: string): Promise<Answer>
  /** Goes there as a person does who looks at what comes. */
  open(path: string): Promise<Answer>
  /** The same browser as another one: its cookies are copied, and go on apart. */
  copy(): Browser
}

export const sessionCookie = '__Host-latchkey'
export const flowCookie = '__Host-latchkey-flow'
export const stepCookie = '__Host-latchkey-step'

/** Fields as a form sends them. */
export function encodeForm(fields: Readonly<Record<string, unknown>>): string {
  const pairs = Object.entries(fields).map(([name, value]): [string, string] => [name, String(value)])
  return new URLSearchParams(pairs).toString()
}

function bodyOf({ json, form, raw }: Sent): RawBody | undefined {
  if (raw !== undefined) return raw
  if (form !== undefined) return typeof form === 'string' ? form : encodeForm(form)
  return json === undefined ? undefined : JSON.stringify(json)
}

function typeOf({ json, form }: Sent): string | null {
  if (form !== undefined) return 'application/x-www-form-urlencoded'
  return json === undefined ? null : 'application/json'
}

/** The request that a browser with these cookies would send. */
export function toRequest(
  url: string,
  sent: Sent & { readonly method: string; readonly cookie: string },
): Request {
  const headers = new Headers({ origin: home, 'user-agent': 'Mozilla/5.0 (a browser of attacks)' })
  const type = typeOf(sent)
  if (type !== null) headers.set('content-type', type)
  if (sent.cookie !== '') headers.set('cookie', sent.cookie)
  for (const [name, value] of Object.entries(sent.headers ?? {})) {
    if (value === null) headers.delete(name)
    else headers.set(name, value)
  }
  const body = bodyOf(sent)
  return new Request(url, {
    method: sent.method,
    headers,
    ...(body !== undefined && { body, ...(body instanceof ReadableStream && { duplex: 'half' }) }),
  })
}

function wantsHtml({ method, headers }: Request): boolean {
  const [name, type] =
    method === 'GET' || method === 'HEAD'
      ? ['accept', 'text/html']
      : ['content-type', 'x-www-form-urlencoded']
  return (headers.get(name)?.toLowerCase() ?? '').includes(type)
}

/** A browser that goes to this site; `cookies` is what it holds already. */
export function openBrowser(site: Site, cookies = new Map<string, string>()): Browser {
  const { auth, settings, routes } = site

  function keep(answer: Answer): void {
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === '' || /max-age=0/i.test(line)) cookies.delete(name)
      else cookies.set(name, value)
    }
    const token = cookies.get(sessionCookie)
    if (token !== undefined) expect(answer.text).not.toContain(token)
  }

  async function send(method: string, path: string, sent: Sent = {}): Promise<Answer> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const url = (sent.host ?? home) + settings.basePath + path
    const request = toRequest(url, { ...sent, method, cookie })
    const answer = await readAnswer(await auth.fetch(request, { address: '192.0.2.7' }))
    keep(answer)
    expectContract(routes, { method, path, wantsHtml: wantsHtml(request) }, answer)
    return answer
  }

  return {
    cookies,
    send,
    get: (path) => send('GET', path),
    post: (path, json = {}) => send('POST', path, { json }),
    async form(path, fields, method = 'POST') {
      if (!cookies.has(flowCookie))
        await send('POST', '/recovery/request', { json: { email: site.newEmail() } })
      const token = site.formToken(cookies.get(flowCookie) ?? '')
      const text = typeof fields === 'string' ? fields : encodeForm(fields)
      return send(method, path, { form: `${text}&_form=${token}` })
    },
    open: (path) => send('GET', path, { headers: { accept: 'text/html' } }),
    copy: () => openBrowser(site, new Map(cookies)),
  }
}
