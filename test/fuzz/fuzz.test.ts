/**
 * Generated requests against a whole engine on PostgreSQL: none is a fault, each refusal is a problem document, and
 * memory stays flat. `LATCHKEY_FUZZ_REQUESTS` and `LATCHKEY_FUZZ_SEED` say how many, and which.
 */

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import type { OpenApiDocument } from '../../src/api/openapi.js'
import { emailOtp, magicLink, password, smsOtp, whatsapp } from '../../src/strategies/index.js'
import { goodPassword } from '../../src/testing/suite/case.js'
import { expectAnswer, expectProblem } from '../harness/contract.js'
import type { OpenedAuth } from '../harness/engines.js'
import { postgres } from '../harness/engines.js'
import { listRoutes } from '../harness/site.js'
import type { FuzzedRequest } from './requests.js'
import { fuzzedRequests } from './requests.js'

const total = Number(process.env['LATCHKEY_FUZZ_REQUESTS'] ?? 2000)
const seed = Number(process.env['LATCHKEY_FUZZ_SEED'] ?? 20_260_201)
const atOnce = 8
const renewEvery = 400
/** How much larger the heap may be at the end than after a fifth of all requests. */
const maxGrowth = 8 * 1024 * 1024
const origin = 'http://localhost:3000'
const flow = '0d3f2b1a-1111-4222-8333-444455556666'

/** The heap in bytes, after everything that can go is gone. */
function heapAfterCollection(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  collect()
  return process.memoryUsage().heapUsed
}

/** The live secrets that requests name by `$`. */
async function renew({ auth, inbox }: OpenedAuth, round: number): Promise<Readonly<Record<string, string>>> {
  const email = `person-${round}@example.com`
  const { user } = await auth.accounts.importUser({ email, verified: true })
  if (round % 20 === 0) await auth.accounts.setPassword(user, goodPassword)
  const session = await auth.accounts.generateUserSessionToken(user)
  const { identity } = await auth.accounts.findOrCreateEmailIdentity(email)
  await auth.accounts.issueIdentityVerification(identity, 'sign_in', { flow })
  const { token = '', code = '' } = await inbox.latest(email)
  const [own] = await auth.accounts.listUserSessions(user)
  const parked = await auth.fetch(new Request(`${origin}/auth/magic-link/callback?token=${token}`))
  const step = /^latchkey-step=([^;]+)/.exec(parked.headers.getSetCookie()[0] ?? '')?.[1] ?? ''
  const pending = await auth.accounts.getPendingSignIn({ flow })
  await inbox.clear()
  return { email, session, token, code, step, flow, sessionId: own?.id ?? '', number: pending?.number ?? '' }
}

function toRequest(fuzzed: FuzzedRequest, secrets: Readonly<Record<string, string>>): Request {
  const fill = (text: string): string =>
    text.replace(/\$([a-zA-Z]+)/g, (whole, name: string) => secrets[name] ?? whole)
  const headers = new Headers()
  for (const [name, value] of fuzzed.headers) headers.append(name, fill(value))
  return new Request(`${origin}/auth${fill(fuzzed.path)}`, {
    method: fuzzed.method,
    headers,
    ...(fuzzed.body !== null && { body: typeof fuzzed.body === 'string' ? fill(fuzzed.body) : fuzzed.body }),
  })
}

/** Where pages are, whatever is asked for there. */
const pages = new Set(
  (await listRoutes())
    .filter(({ method, hidden }) => method === 'GET' && hidden === true)
    .map(({ path }) => `/auth${path}`),
)

function asksForPage({ method, headers, url }: Request): boolean {
  if (method === 'GET' || method === 'HEAD')
    return headers.get('accept')?.includes('text/html') === true || pages.has(new URL(url).pathname)
  return headers.get('content-type')?.toLowerCase().startsWith('application/x-www-form-urlencoded') === true
}

it(
  `${total} generated requests: no fault, every refusal a problem document, memory flat`,
  { timeout: 3_600_000 },
  async () => {
    const opened = await postgres.open({
      strategies: [password(), magicLink(), emailOtp(), smsOtp(), whatsapp()],
      trustedProxies: 0,
      limits: {
        passwordNetwork: { limit: 300 },
        codeNetwork: { limit: 1_000_000 },
        messageNetwork: { limit: 1_000_000 },
        messagePause: { limit: 100 },
        messageStranger: { limit: 100 },
        messageAddress: { limit: 1_000_000 },
        signUpNetwork: { limit: 200 },
      },
    })
    const document = (await (
      await opened.auth.fetch(new Request(`${origin}/auth/openapi.json`))
    ).json()) as OpenApiDocument
    const statuses = new Map<number, number>()
    let sent = 0
    let secrets = await renew(opened, 0)
    let early = 0

    async function send(fuzzed: FuzzedRequest): Promise<void> {
      const request = toRequest(fuzzed, secrets)
      const byPage = asksForPage(request)
      const response = await opened.auth.fetch(request, { address: fuzzed.address })
      if (response.headers.get('content-type')?.startsWith('text/event-stream') === true) {
        // It lives as long as its session.
        await response.body?.cancel()
        statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1)
        return
      }
      const answer = { status: response.status, headers: response.headers, text: await response.text() }
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
      expect(answer.status, answer.text).toBeLessThan(500)
      const isPage = response.headers.get('content-type')?.startsWith('text/html') === true
      if (isPage) expect(byPage, 'a page is for whoever asked for one').toBe(true)
      // A form is answered by a page, or by going on to one.
      if (byPage && (isPage || answer.status === 303)) return
      if (answer.status >= 400) {
        if (fuzzed.method !== 'HEAD') expectProblem(answer)
      } else if (fuzzed.template !== null && fuzzed.method !== 'OPTIONS') {
        expectAnswer(fuzzed.method, fuzzed.template, answer)
      }
    }

    const batches = fc.array(fuzzedRequests(document), { minLength: atOnce, maxLength: atOnce })
    process.stdout.write(`seed ${seed}\n`)
    await fc.assert(
      fc.asyncProperty(batches, async (batch) => {
        if (sent % renewEvery === 0) secrets = await renew(opened, sent / renewEvery + 1)
        await Promise.all(batch.map(send))
        sent += atOnce
        if (early === 0 && sent >= total / 5) early = heapAfterCollection()
      }),
      { seed, numRuns: Math.ceil(total / atOnce), endOnFailure: true },
    )
    const late = heapAfterCollection()
    const counted = [...statuses].sort(([one], [other]) => one - other)
    const mebibytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MiB`
    process.stdout.write(
      `${sent} requests: ${counted.map(([status, count]) => `${count} x ${status}`).join(', ')}\n` +
        `heap ${mebibytes(early)} after a fifth, ${mebibytes(late)} at the end\n`,
    )
    // A run that never got anywhere would prove nothing.
    for (const status of [200, 202, 204, 303, 400, 401, 403, 404, 422])
      expect(statuses.get(status), String(status)).toBeGreaterThan(0)
    expect(late - early).toBeLessThan(maxGrowth)
    expect((await opened.auth.health()).status).toBe('ok')
    await opened.auth.close()
  },
)
