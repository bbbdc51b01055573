/** The packed tarball, installed and used: every door, every operation, and what is loaded when. */

import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Project } from '../harness/tarball.js'
import { createProject } from '../harness/tarball.js'

const root = fileURLToPath(new URL('../../', import.meta.url))
let project: Project
beforeAll(() => {
  project = createProject(['typescript', '@types/node', 'undici-types'])
})
afterAll(() => project.remove())

const operations = `createUserWithPassword createUserWithEmail createUserWithPhone findOrCreateEmailIdentity
  findOrCreatePhoneIdentity isEmailTaken isUsernameTaken getUserByEmail getUserByUsername getUserBySessionToken
  getVerifiedIdentity generateUserSessionToken revokeUserSessionToken revokeUserSessions issueIdentityVerification
  requestEmailVerification requestPasswordRecovery updateUserProfile verifyMagicCode verifyMagicLink
  authenticateWithPassword changePassword resetPassword setPassword getSession listUserSessions revokeUserSession
  touchSession listUserIdentities addUserIdentity removeUserIdentity getUser listUsers importUser disableUser enableUser
  deleteUser getPrivateMetadata setPrivateMetadata sweep requestSignUp requestSignUpAgain verifySignUpWithPassword
  getMagicLinkRequest getPendingSignIn approveMagicLink redeemApprovedSignIn hasPassword judgeSignUp requestSignIn getCodeLength settleProof
  revokeApprovedSession`.split(/\s+/)

describe('the packed package', () => {
  it('has every operation, and carries a person through', () => {
    const printed = project.run(`
      import { createAuth } from 'latchkey'
      const auth = await createAuth({ database: 'memory', outbox: { worker: false } })
      const { accounts } = auth
      const { identity } = await accounts.createUserWithPassword({ email: 'ada@example.com', password: 'seven wooden lanterns' })
      await accounts.requestEmailVerification(identity)
      await auth.outbox.drain()
      await accounts.verifyMagicCode(auth.inbox.latest().code, 'email', 'ada@example.com')
      const refused = await accounts.createUserWithEmail('ada@example.com').catch((error) => error.code)
      const phone = await accounts.createUserWithPhone('+351912345678')
      const { user } = await accounts.authenticateWithPassword({ email: 'ada@example.com', password: 'seven wooden lanterns' })
      const token = await accounts.generateUserSessionToken(user)
      const found = await accounts.getUserBySessionToken(token)
      await auth.close()
      console.log(JSON.stringify({ names: Object.keys(accounts), same: found.id === user.id, refused, phone: phone.identity.value }))
    `)
    const result = JSON.parse(printed) as { names: string[] }
    expect(result).toMatchObject({ same: true, refused: 'input_invalid', phone: '+351912345678' })
    expect(result.names.sort()).toEqual([...operations, 'by', 'with'].sort())
  })

  it('opens every door', () => {
    const printed = project.run(`
      const doors = ['latchkey', 'latchkey/testing', 'latchkey/postgres', 'latchkey/pglite', 'latchkey/delivery/smtp',
        'latchkey/delivery/sms', 'latchkey/delivery/whatsapp', 'latchkey/delivery/webhook', 'latchkey/delivery/console',
        'latchkey/delivery/route', 'latchkey/strategies', 'latchkey/node', 'latchkey/hono', 'latchkey/redis', 'latchkey/client',
        'latchkey/feature', 'latchkey/feature/web']
      for (const door of doors) await import(door)
      const shut = ['latchkey/delivery/worker', 'latchkey/dist/auth/auth.js', 'latchkey/store/index'].filter((door) => {
        try { import.meta.resolve(door); return false } catch { return true }
      })
      console.log(shut.length)
    `)
    expect(printed.trim()).toBe('3')
  })

  it('loads no mail, SMS, database, phone or HTTP code until it is used', () => {
    const printed = project.run(`
      import { register } from 'node:module'
      import { MessageChannel } from 'node:worker_threads'
      const { port1, port2 } = new MessageChannel()
      const loaded = []
      port1.on('message', (url) => loaded.push(url))
      const source = "let port; export function initialize(p) { port = p } export async function load(url, context, next) { port.postMessage(url); return next(url, context) }"
      register('data:text/javascript,' + encodeURIComponent(source), { parentURL: import.meta.url, data: port2, transferList: [port2] })
      await import('latchkey')
      await new Promise((resolve) => setTimeout(resolve, 100))
      port1.close()
      console.log(JSON.stringify(loaded))
    `)
    const loaded = JSON.parse(printed) as string[]
    expect(loaded.some((url) => url.endsWith('/dist/auth/auth.js'))).toBe(true)
    const foreign = loaded.filter(
      (url) => url.includes('/node_modules/') && !url.includes('/node_modules/latchkey/'),
    )
    expect(foreign).toEqual([])
    // What reads the options of HTTP and of the pages imports nothing else of theirs.
    const readsOptions = /\/(?:http\/limit-table|ui\/(?:options|color|texts\/[a-z]+))\.js$/
    expect(
      loaded.filter(
        (url) => /latchkey\/dist\/(?:http|api|ui|cli|testing)\//.test(url) && !readsOptions.test(url),
      ),
    ).toEqual([])
    expect(loaded.filter((url) => /delivery\/(?:smtp|sms|whatsapp|webhook|messages)/.test(url))).toEqual([])
  })

  it('ships sources, data and declarations, and no tests', () => {
    const files = execFileSync('find', ['.', '-type', 'f'], {
      cwd: join(project.folder, 'node_modules/latchkey'),
      encoding: 'utf8',
    })
    for (const file of [
      './src/index.ts',
      './data/common-passwords.bloom',
      './dist/index.d.ts',
      './dist/index.js.map',
      './LICENSE',
      './README.md',
    ]) {
      expect(files).toContain(`${file}\n`)
    }
    expect(files).not.toMatch(/\.test\.[jt]s|tsbuildinfo/)
  })

  it('has types that a stranger compiles against, strictly', () => {
    writeFileSync(
      join(project.folder, 'consumer.ts'),
      readFileSync(join(root, 'test/types/consumer.ts'), 'utf8'),
    )
    const options = {
      module: 'NodeNext',
      moduleResolution: 'NodeNext',
      target: 'ES2023',
      strict: true,
      skipLibCheck: false,
      noEmit: true,
      types: ['node'],
      exactOptionalPropertyTypes: true,
    }
    writeFileSync(
      join(project.folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: options, files: ['consumer.ts'] }),
    )
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    expect(execFileSync(process.execPath, [tsc, '-p', project.folder], { encoding: 'utf8' })).toBe('')
  }, 120_000)
})
