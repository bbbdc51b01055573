// A process with few file descriptors (argv: the port of a mail server) that runs out of them before its first request,
// its first hash, its first number and its first mail, and gets them back. It writes what it saw of each as JSON.
import { closeSync, openSync } from 'node:fs'
import { createAuth } from '../../../dist/index.js'
import { smtp } from '../../../dist/delivery/smtp.js'
import { password, magicLink, smsOtp } from '../../../dist/strategies/index.js'

const { Request } = globalThis
const [mailPort] = process.argv.slice(2)
const sender = smtp({
  host: '127.0.0.1',
  port: Number(mailPort),
  from: 'no-reply@example.com',
  timeoutMs: 1000,
})
const bcrypt = '$2b$04$abcdefghijklmnopqrstuuWF7sHv5cVHfDMDCS7pCP5gS1nQ8mYUa'
const faults = []
const auth = await createAuth({
  database: 'memory',
  secret: 'a secret of tests that opens nothing else',
  baseUrl: 'http://localhost:3000',
  strategies: [password(), magicLink(), smsOtp()],
  sender: {
    deliver: (message) =>
      message.to.type === 'email' && sender.deliver(message).catch((error) => faults.push(error)),
  },
  outbox: { worker: false },
})
const { accounts } = auth
const email = 'ada@example.com'
await accounts.importUser({ email, verified: true, passwordHash: bcrypt })
const { identity } = await accounts.findOrCreateEmailIdentity(email)

const outcome = (work) =>
  work.then(
    () => 'done',
    (error) => error.code ?? String(error),
  )

async function look() {
  await accounts.issueIdentityVerification(identity, 'sign_in')
  faults.length = 0
  const session = await auth.fetch(new Request('http://localhost:3000/auth/session'))
  const page = await auth.fetch(
    new Request('http://localhost:3000/auth/sign-in', { headers: { accept: 'text/html' } }),
  )
  const text = await auth.fetch(
    new Request('http://localhost:3000/auth/sms-otp/request', {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: 'http://localhost:3000' },
      body: JSON.stringify({ phone: '+351912345678' }),
    }),
  )
  return {
    session: [session.status, (await session.text()).length > 0],
    page: [page.status, (await page.text()).length > 0],
    text: [text.status, (await text.text()).length > 0],
    bcrypt: await outcome(accounts.authenticateWithPassword({ email, password: 'not this one at all' })),
    argon2: await outcome(
      accounts.authenticateWithPassword({ email: 'x@example.com', password: 'nor this one' }),
    ),
    mail: await auth.outbox.drain().then(() => (faults.length === 0 ? 'sent' : 'failed')),
  }
}

const held = []
try {
  for (;;) held.push(openSync('/dev/null'))
} catch (error) {
  if (error.code !== 'EMFILE') throw error
}
const starved = await look()
for (const descriptor of held) closeSync(descriptor)
const fed = await look()
console.log(JSON.stringify({ starved, fed }))
await auth.close()
process.exit(0)
