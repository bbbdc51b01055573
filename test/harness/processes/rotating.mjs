// A node that promises one message after another and delivers what is due, until it is told to end as by SIGTERM.
// argv: JSON { url, receiver, secret, name }. It writes each address whose message is promised, and at last `end`.
import { once } from 'node:events'
import { createAuth } from '../../../dist/index.js'

const { url, receiver, secret, name } = JSON.parse(process.argv[2])
const sender = {
  deliver: (message) => fetch(receiver, { method: 'POST', body: JSON.stringify(message) }),
}
const auth = await createAuth({ database: url, secret, sender, sweep: { every: false } })
let ending = false
void once(process.stdin, 'data').then(() => (ending = true))
for (let count = 0; !ending; count++) {
  const email = `${name}-${count}@example.com`
  const { identity } = await auth.accounts.findOrCreateEmailIdentity(email)
  await auth.accounts.issueIdentityVerification(identity, 'sign_in')
  console.log(email)
}
await auth.close()
console.log('end')
process.stdin.destroy()
