/** A person of tests: signed up, proven and signed in over HTTP. */

import type { TestAuth } from '../../src/testing/index.js'
import { goodPassword } from '../../src/testing/suite/case.js'

/** Signs a person up and in, with the password of the suite, from a client of this `address`. Returns the `Cookie` header of their browser. */
export async function signUp(
  { auth, inbox }: TestAuth,
  email: string,
  address = '127.0.0.1',
): Promise<string> {
  const cookies = new Map<string, string>()
  async function post(path: string, body: object): Promise<Response> {
    const headers = {
      origin: 'http://localhost:3000',
      'content-type': 'application/json',
      cookie: [...cookies].map((pair) => pair.join('=')).join('; '),
    }
    const request = new Request(`http://localhost:3000/auth/${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    })
    const response = await auth.fetch(request, { address })
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      cookies.set(name ?? '', value ?? '')
    }
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`)
    return response
  }

  await post('sign-up', { email, password: goodPassword })
  const { token } = await inbox.latest(email)
  await post('verification/callback', { token })
  await post('password/request', { email, password: goodPassword })
  return [...cookies].map((pair) => pair.join('=')).join('; ')
}
