/** The main job, as a person goes through it: the built command on an embedded database, and then the other commands. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Message } from '../../src/index.js'
import { goodPassword, otherPassword } from '../../src/testing/suite/case.js'
import { createDatabase } from '../harness/engines.js'
import type { RunningServer } from '../harness/server.js'
import { createBrowser, runCommand, startServer } from '../harness/server.js'

// Each command is a process of its own, and some tests start a dozen.
vi.setConfig({ testTimeout: 60_000 })

let folder: string
let environment: Record<string, string>
let server: RunningServer
const email = 'ada@example.com'

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latchkey-flow-'))
  const config = join(folder, 'config.mjs')
  // A person who reads their mail within a minute, as tests do, asks for the next message sooner than others.
  await writeFile(
    config,
    `export default { limits: { messagePause: { limit: 100 }, messageStranger: { limit: 100 }, messageAddress: { limit: 100 } } }`,
  )
  environment = { DATABASE_URL: join(folder, 'data'), LATCHKEY_CONFIG: config }
  server = await startServer(environment)
})
afterAll(async () => {
  await server.stop()
  await rm(folder, { recursive: true })
})

async function latest(): Promise<Message> {
  const { json } = await createBrowser(server.url).request('GET', '/auth/dev/inbox.json')
  return (json as { messages: Message[] }).messages[0] as Message
}

describe('a person', () => {
  it('signs up, proves the address, signs in, ends a session elsewhere, recovers, and signs out', async () => {
    const [here, there] = [createBrowser(server.url), createBrowser(server.url)]
    const signUp = await here.request('POST', '/auth/sign-up', { email, password: goodPassword })
    expect([signUp.status, signUp.json]).toEqual([202, { status: 'verification_sent', codeLength: 6 }])
    const proof = await latest()
    expect([proof.event, proof.to.value]).toEqual(['email', email])

    const elsewhere = await there.request('POST', '/auth/verification/callback', { token: proof.token })
    expect([elsewhere.status, elsewhere.json['code']]).toEqual([409, 'confirmation_required'])
    const opened = await here.request('GET', new URL(proof.link as string).pathname)
    expect([opened.status, opened.headers.get('location')]).toEqual([303, '/auth/confirm'])
    expect((await here.request('POST', '/auth/verification/callback', { token: proof.token })).status).toBe(
      200,
    )

    for (const browser of [here, there]) {
      expect(
        (await browser.request('POST', '/auth/password/request', { email, password: goodPassword })).status,
      ).toBe(200)
    }
    expect(JSON.stringify((await here.request('GET', '/auth/session')).json)).toContain('user')
    const { sessions } = (await here.request('GET', '/auth/sessions')).json as {
      sessions: { id: string; current: boolean }[]
    }
    expect(sessions.map(({ current }) => current).sort()).toEqual([false, true])
    const other = sessions.find(({ current }) => !current)?.id as string
    expect((await here.request('DELETE', `/auth/sessions/${other}`)).status).toBe(204)
    expect((await there.request('GET', '/auth/session')).status).toBe(401)
    expect((await here.request('DELETE', `/auth/sessions/${other}`)).status).toBe(404)

    expect((await here.request('POST', '/auth/recovery/request', { email })).status).toBe(202)
    const recovery = await latest()
    const reset = { email, code: recovery.code, password: otherPassword }
    expect((await here.request('POST', '/auth/recovery/callback', reset)).status).toBe(200)
    expect((await here.request('GET', '/auth/session')).status).toBe(401)
    expect((await latest()).event).toBe('account_recovered')

    expect(
      (await here.request('POST', '/auth/password/request', { email, password: goodPassword })).status,
    ).toBe(401)
    await here.request('POST', '/auth/password/request', { email, password: otherPassword })
    expect((await here.request('DELETE', '/auth/session')).status).toBe(204)
    expect((await here.request('GET', '/auth/session')).status).toBe(401)
  })

  it('enters without a password, by link and by code, with a new session each time', async () => {
    const browser = createBrowser(server.url)
    const address = 'grace@example.com'
    await browser.request('POST', '/auth/magic-link/request', { email: address })
    const { token } = await latest()
    expect((await browser.request('POST', '/auth/magic-link/callback', { token })).status).toBe(200)
    const first = browser.cookies.get('latchkey')
    await browser.request('POST', '/auth/magic-link/request', { email: address })
    const { code } = await latest()
    expect((await browser.request('POST', '/auth/email-otp/callback', { email: address, code })).status).toBe(
      200,
    )
    expect(browser.cookies.get('latchkey')).not.toBe(first)
    const { sessions } = (await browser.request('GET', '/auth/sessions')).json as { sessions: unknown[] }
    expect(sessions).toHaveLength(1)
    await browser.request('DELETE', '/auth/sessions')
    expect((await browser.request('GET', '/auth/session')).status).toBe(200)
  })

  it('learns nothing of who has an account', async () => {
    const browser = createBrowser(server.url)
    await browser.request('GET', '/auth/session')
    for (const path of ['sign-up', 'recovery/request', 'magic-link/request']) {
      const answers = await Promise.all(
        [email, `nobody-${path.length}@example.com`].map((each) =>
          browser.request('POST', `/auth/${path}`, { email: each, password: goodPassword }),
        ),
      )
      expect(answers.map(({ status }) => status)).toEqual([202, 202])
      expect(answers[0]?.text).toBe(answers[1]?.text)
    }
    const wrong = { password: 'not the password' }
    for (const each of [email, 'nobody@example.com']) {
      const answer = await browser.request('POST', '/auth/password/request', { email: each, ...wrong })
      expect([answer.status, answer.json['code']]).toEqual([401, 'invalid_credentials'])
    }
  })
})

describe('a request', () => {
  it('of another origin, of none, or without a JSON body is refused', async () => {
    const browser = createBrowser(server.url)
    const body = { email, password: goodPassword }
    for (const origin of ['https://evil.example', 'null', `${server.url}.evil.example`]) {
      expect((await browser.request('POST', '/auth/sign-up', body, { origin })).status).toBe(403)
    }
    const without = await fetch(`${server.url}/auth/sign-up`, { method: 'POST', body: JSON.stringify(body) })
    expect(without.status).toBe(403)
    for (const [content, type] of [
      ['{', 'application/json'],
      ['[]', 'application/json'],
      ['"x"', 'application/json'],
      [JSON.stringify(body), 'text/plain'],
      [`{"email":"${'x'.repeat(70_000)}"}`, 'application/json'],
      ['['.repeat(60_000), 'application/json'],
    ] as const) {
      const answer = await browser.request('POST', '/auth/sign-up', content, { 'content-type': type })
      expect([answer.status, answer.json['code']]).toEqual([422, 'input_invalid'])
    }
    const problem = await browser.request('GET', '/nowhere')
    expect([problem.status, problem.headers.get('content-type')]).toEqual([404, 'application/problem+json'])
  })

  it('gets a page that runs nothing of strangers, and answers of health', async () => {
    const browser = createBrowser(server.url)
    const page = await browser.request('GET', '/')
    expect(page.text).toContain('<title>Latchkey in development · Latchkey</title>')
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(page.headers.get('cache-control')).toBe('no-store')
    const assets = [...page.text.matchAll(/(?:href|src)="(\/auth\/assets\/[^"]+)"/g)].map(([, path]) => path)
    expect(assets).toHaveLength(2)
    for (const path of [...(assets as string[]), '/auth/dev/inbox', '/auth/health', '/auth/ready']) {
      expect((await browser.request('GET', path)).status).toBe(200)
    }
  })
})

describe('a second process', () => {
  it('is told who has the embedded directory, and exits with 2', () => {
    const { status, stderr } = runCommand(['users', 'list'], environment)
    expect(status).toBe(2)
    expect(stderr).toContain(`is already open in the process ${server.pid}`)
  })
})

describe('the commands', () => {
  let database: string
  beforeAll(async () => {
    database = await createDatabase()
  })
  const run = (...args: string[]) => runCommand(['--database', database, ...args])

  it('migrate a server, once, and say what was done', () => {
    expect(run('doctor')).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('missing migration') as string,
    })
    expect(run('users', 'list')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('latchkey migrate') as string,
    })
    const first = run('--json', 'migrate')
    const { applied } = JSON.parse(first.stdout) as { applied: string[] }
    expect([first.status, applied.slice(0, 2)]).toEqual([0, ['0001_accounts', '0002_another_browser']])
    expect(first.stderr).toContain('applied 0001_accounts')
    expect(run('migrate').stdout).toContain('Nothing to migrate')
    expect(run('doctor')).toMatchObject({ status: 0 })
  })

  it('print the statements that run', () => {
    const printed = run('--json', 'doctor', '--statements')
    const statements = JSON.parse(printed.stdout) as { name: string; text: string }[]
    const found = statements.find(({ name }) => name.startsWith('latchkey_session_find_'))
    expect([printed.status, found?.text]).toEqual([0, expect.stringContaining('s.secret_hash')])
    expect(statements.length).toBeGreaterThan(100)
  })

  it('look at users, sessions and messages, and act on them', async () => {
    const running = await startServer({ DATABASE_URL: database })
    const browser = createBrowser(running.url)
    await browser.request('POST', '/auth/magic-link/request', { email })
    const { json } = await browser.request('GET', '/auth/dev/inbox.json')
    const { token } = (json as { messages: Message[] }).messages[0] as Message
    await browser.request('POST', '/auth/magic-link/callback', { token })

    const listed = JSON.parse(run('--json', 'users', 'list').stdout) as { users: { id: string }[] }
    const id = listed.users[0]?.id as string
    expect(run('users', 'list').stdout).toContain(id)
    expect(run('users', 'show', email).stdout).toContain('1 sessions')
    expect(run('sessions', 'list', email).stdout).toContain('node')
    expect(run('sessions', 'revoke', id).stdout).toContain('Revoked 1 sessions')
    expect((await browser.request('GET', '/auth/session')).status).toBe(401)
    const { messages } = JSON.parse(run('--json', 'outbox', 'list', '--state', 'delivered').stdout) as {
      messages: { id: string; event: string }[]
    }
    expect(messages.map(({ event }) => event).sort()).toEqual(['account_verified', 'sign_in'])
    const notice = messages.find(({ event }) => event === 'account_verified')?.id as string
    expect(run('outbox', 'retry', notice).stdout).toContain('is due now')
    expect(run('outbox', 'retry', '00000000-0000-4000-8000-000000000000').status).toBe(1)
    expect(run('sweep', '--dry-run').stdout).toContain('sessions: 0')
    expect(run('sweep').status).toBe(0)
    expect(run('users', 'delete', email)).toMatchObject({ status: 2 })
    expect(run('users', 'delete', email, '--yes')).toMatchObject({ status: 0 })
    const gone = run('--json', 'users', 'show', email)
    expect([gone.status, JSON.parse(gone.stderr)]).toEqual([
      1,
      { error: expect.any(String) as string, code: 'not_found' },
    ])
    expect(await running.stop()).toBe(0)
  })

  it('say honestly when the database is not there, or the words are wrong', () => {
    expect(runCommand(['--database', 'postgres://127.0.0.1:1/none', 'doctor']).status).toBe(3)
    expect(runCommand(['--database', 'postgres://127.0.0.1:1/none', 'users', 'list']).status).toBe(3)
    expect(runCommand(['users', 'lits']).status).not.toBe(0)
    expect(runCommand(['--version']).stdout).toMatch(/^\d+\.\d+\.\d+/)
  })

  it('refuse production without what it needs, all at once', () => {
    const { status, stderr } = runCommand(['serve', '--port', '0'], {
      NODE_ENV: 'production',
      DATABASE_URL: '',
    })
    expect(status).toBe(2)
    for (const name of ['secret', 'baseUrl', 'sender']) expect(stderr).toContain(name)
  })
})
