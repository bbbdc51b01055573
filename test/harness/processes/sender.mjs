// A process that issues verifications and delivers them to a receiver, and kills itself at one delivery: before it is
// sent, or after it is sent and before it is marked. argv: JSON { url, receiver, identities, killAt, when }.
import { createAuth } from '../../../dist/index.js'

const { url, receiver, identities, killAt, when } = JSON.parse(process.argv[2])
let deliveries = 0
const sender = {
  async deliver(message) {
    const last = ++deliveries === killAt
    if (last && when === 'before') process.kill(process.pid, 'SIGKILL')
    await fetch(receiver, { method: 'POST', body: JSON.stringify(message) })
    if (last && when === 'after') process.kill(process.pid, 'SIGKILL')
  },
}
const auth = await createAuth({
  database: url,
  secret: 'a secret of tests that opens nothing else',
  sender,
  sweep: { every: false },
})
for (const id of identities) await auth.accounts.issueIdentityVerification({ id }, 'sign_in')
await new Promise((resolve) => setTimeout(resolve, 30_000))
