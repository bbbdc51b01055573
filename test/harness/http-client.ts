/**
 * A browser in this process, before `auth.fetch`: it keeps its cookies, names its origin, and holds every answer
 * against the contract.
 */

import type { AuthOptions } from '../../src/index.js'
import type { Kit } from '../../src/testing/suite/case.js'
import { goodPassword } from '../../src/testing/suite/case.js'
import { expectAnswer } from './contract.js'

const origin = 'http://localhost:3000'

/** What is asked: the body as JSON, and headers on top of those of a browser. */
export interface Sent {
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** An answer, read to its end. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body where it is JSON, else an empty object. */
  readonly json: Readonly<Record<string, unknown>>
  /** `Set-Cookie` as it came. */
  readonly cookies: readonly string[]
}

/** Who is asked. */
export interface Answering {
  fetch(request: Request, peer?: { readonly address?: string }): Promise<Response>
}

/** How a browser differs from the usual one. */
export interface BrowserOptions {
  /** The address of its socket. Default: one of its own. */
  readonly address?: string
  readonly userAgent?: string
  /** Sends no origin and keeps no cookies, as an application on a phone. */
  readonly native?: boolean
  /** Leaves answers unchecked that a host has replaced. */
  readonly replaced?: boolean
}

/** A browser. */
export interface Browser {
  /** Its cookies by name. */
  readonly jar: Map<string, string>
  request(method: string, path: string, sent?: Sent): Promise<Answer>
  get(path: string): Promise<Answer>
  post(path: string, body?: unknown): Promise<Answer>
  put(path: string, body?: unknown): Promise<Answer>
  patch(path: string, body?: unknown): Promise<Answer>
  delete(path: string): Promise<Answer>
}

let networks = 0

/** An address that no other browser of this file has. */
export function newAddress(): string {
  networks++
  return `10.${networks >> 16}.${(networks >> 8) & 255}.${networks & 255}`
}

function toJson(headers: Headers, text: string): Readonly<Record<string, unknown>> {
  const isJson = /\bjson\b/.test(headers.get('content-type') ?? '') && text !== ''
  return isJson ? (JSON.parse(text) as Record<string, unknown>) : {}
}

/** Opens a browser. Paths are below `/auth`. */
export function openBrowser(auth: Answering, options: BrowserOptions = {}): Browser {
  const { address = newAddress(), userAgent = 'Mozilla/5.0 (test)', native = false } = options
  const jar = new Map<string, string>()

  function keep(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
    if (value === '' || /max-age=0/i.test(line)) jar.delete(name)
    else jar.set(name, value)
  }

  function headersOf({ body, headers = {} }: Sent): Headers {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    return new Headers({
      'user-agent': userAgent,
      ...(!native && { origin }),
      ...(!native && cookie !== '' && { cookie }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    })
  }

  async function request(method: string, path: string, sent: Sent = {}): Promise<Answer> {
    const { body } = sent
    const asked = new Request(`${origin}/auth${path}`, {
      method,
      headers: headersOf(sent),
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const response = await auth.fetch(asked, { address })
    const { status, headers } = response
    const text = await response.text()
    if (options.replaced !== true)
      expectAnswer(method, path.split('?', 1)[0] ?? '', { status, headers, text })
    const cookies = headers.getSetCookie()
    if (!native) cookies.forEach(keep)
    return { status, headers, text, json: toJson(headers, text), cookies }
  }

  const withBody =
    (method: string) =>
    (path: string, body?: unknown): Promise<Answer> =>
      request(method, path, body === undefined ? {} : { body })

  return {
    jar,
    request,
    get: (path) => request('GET', path),
    post: withBody('POST'),
    put: withBody('PUT'),
    patch: withBody('PATCH'),
    delete: (path) => request('DELETE', path),
  }
}

/** Limits of messages that no test meets by accident; those of guesses stay as they are. */
export const roomy: AuthOptions = {
  limits: {
    messagePause: { limit: 1000 },
    messageStranger: { limit: 1000 },
    messageKnown: { limit: 1000 },
    messageAddress: { limit: 1000 },
    messageNetwork: { limit: 1000 },
    signUpNetwork: { limit: 1000 },
  },
}

/** A person who signed up, proved the address and signed in by password, all in this browser. */
export async function arrive(kit: Kit, browser: Browser, email = kit.newEmail()): Promise<string> {
  const credentials = { email, password: goodPassword }
  await browser.post('/sign-up', credentials)
  const { token } = await kit.inbox.latest(email)
  await browser.post('/verification/callback', { token })
  await browser.post('/password/request', credentials)
  return email
}

/** What an answer says went wrong: its status and its code. */
export function refusalOf({ status, json }: Answer): string {
  const { code = json['status'] ?? '' } = json
  return `${status} ${typeof code === 'string' ? code : ''}`
}
