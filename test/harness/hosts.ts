/** A host as a process of its own, which serves the engine and prints its messages, and the story that drives it. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { expect } from 'vitest'
import { goodPassword } from '../../src/testing/suite/case.js'
import { createBrowser } from './server.js'

/** How a host is started. */
export interface HostCommand {
  readonly command: string
  readonly args: readonly string[]
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
}

/** A running host. */
export interface Host {
  /** Waits for a line of its output that fits, also one that came already. @throws Error when it ends before */
  line(pattern: RegExp): Promise<string>
  stop(): Promise<void>
}

/** Starts a host. What it prints to the error output is kept for the failure. */
export function startHost({ command, args, folder, environment }: HostCommand): Host {
  const child = spawn(command, args, {
    cwd: folder,
    env: { ...process.env, NODE_ENV: '', NEXT_TELEMETRY_DISABLED: '1', NO_COLOR: '1', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const lines: string[] = []
  const waiting = new Set<() => void>()
  let ended = false
  const wake = (): void => waiting.forEach((look) => look())
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line)
      wake()
    })
  }
  const exited = once(child, 'close').finally(() => {
    ended = true
    wake()
  })

  return {
    line(pattern) {
      return new Promise((resolve, reject) => {
        const look = (): void => {
          const found = lines.findLast((line) => pattern.test(line))
          if (found === undefined && !ended) return
          waiting.delete(look)
          if (found !== undefined) resolve(found)
          else reject(new Error(`The host ended before ${String(pattern)}:\n${lines.slice(-20).join('\n')}`))
        }
        waiting.add(look)
        look()
      })
    },

    // A host may have children of its own; all are of one group.
    async stop() {
      if (!ended && child.pid !== undefined) process.kill(-child.pid, 'SIGTERM')
      await exited
    },
  }
}

type Browser = ReturnType<typeof createBrowser>

/** The token in the latest message of an event. */
export type Mail = (event: string) => Promise<string | undefined>

/** How a person of the story enters: by a password that they sign up with, or by a link. */
export type Entry = (here: Browser, stranger: Browser, mail: Mail) => Promise<void>

const email = 'ada@example.com'

/** Messages that a host prints. */
export const printedBy =
  (host: Host): Mail =>
  async (event) => {
    const line = await host.line(new RegExp(`${event} to ${email}`))
    return /token=([A-Za-z0-9_-]+)/.exec(line)?.[1]
  }

/** Asks as `fetch` can't: with any host. */
async function readInbox(url: string, headers: Readonly<Record<string, string>>) {
  const asked = httpRequest(`${url}/auth/dev/inbox.json`, { headers })
  asked.end()
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  return { status: response.statusCode, text: await text(response) }
}

/** Messages in the development inbox of a host, which only this machine may read. */
export const inboxAt =
  (url: string): Mail =>
  async (event) => {
    const foreign = [{ host: 'evil.example' }, { 'x-forwarded-for': '203.0.113.9' }, { via: '1.1 a-proxy' }]
    for (const headers of foreign)
      expect([headers, (await readInbox(url, headers)).status]).toEqual([headers, 404])
    const inbox = await readInbox(url, {})
    expect(inbox.status).toBe(200)
    const { messages } = JSON.parse(inbox.text) as { messages: { event: string; token?: string }[] }
    return messages.find((message) => message.event === event)?.token
  }

/** Signs up, proves the address in the browser that asked, and signs in. */
export const byPassword: Entry = async (here, stranger, mail) => {
  const credentials = { email, password: goodPassword }
  const signedUp = await here.request('POST', '/auth/sign-up', credentials)
  expect([signedUp.status, signedUp.json]).toEqual([202, { status: 'verification_sent', codeLength: 6 }])
  const token = await mail('email')
  const elsewhere = await stranger.request('POST', '/auth/verification/callback', { token })
  expect([elsewhere.status, elsewhere.json['code']]).toEqual([409, 'confirmation_required'])
  expect((await here.request('POST', '/auth/verification/callback', { token })).status).toBe(200)

  const wrong = await stranger.request('POST', '/auth/password/request', {
    ...credentials,
    password: 'wrong',
  })
  expect([wrong.status, wrong.json['code']]).toEqual([401, 'invalid_credentials'])
  expect((await here.request('POST', '/auth/password/request', credentials)).status).toBe(200)
}

/** Asks for a link, and opens it in the browser that asked. */
export const byLink: Entry = async (here, stranger, mail) => {
  const asked = await here.request('POST', '/auth/magic-link/request', { email })
  expect([asked.status, asked.json]).toEqual([202, { status: 'verification_sent', codeLength: 6 }])
  const token = await mail('sign_in')
  const elsewhere = await stranger.request('POST', '/auth/magic-link/callback', { token })
  expect([elsewhere.status, elsewhere.json['code']]).toEqual([409, 'confirmation_required'])
  expect((await here.request('POST', '/auth/magic-link/callback', { token })).status).toBe(200)
}

async function mayRead({ request }: Browser): Promise<boolean> {
  const { status, text } = await request('GET', '/private')
  return status === 200 && /[0-9a-f]{8}-[0-9a-f-]{27}/.test(text)
}

/** Enters, uses what is protected, and signs out: as JSON, over the network, beside a stranger who may do none of it. */
export async function driveStory(url: string, mail: Mail, enter: Entry = byPassword): Promise<void> {
  const [here, stranger] = [createBrowser(url), createBrowser(url)]
  expect((await here.request('GET', '/')).text).toContain('Everybody may read this.')
  expect(await mayRead(here)).toBe(false)
  await enter(here, stranger, mail)

  expect([await mayRead(here), await mayRead(stranger)]).toEqual([true, false])
  expect((await here.request('POST', '/transfer')).json).toEqual({ status: 'sent' })
  const refused = await stranger.request('POST', '/transfer')
  expect([refused.status, refused.json['code']]).toEqual([401, 'session_required'])

  const forged = await here.request('DELETE', '/auth/session', undefined, { origin: 'https://evil.example' })
  expect([forged.status, await mayRead(here)]).toEqual([403, true])
  expect((await here.request('DELETE', '/auth/session')).status).toBe(204)
  expect(await mayRead(here)).toBe(false)
  expect((await here.request('GET', '/auth/nothing')).status).toBe(404)
}
