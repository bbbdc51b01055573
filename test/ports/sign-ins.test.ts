/** Requests of sign-ins that meet each other, on a real PostgreSQL, from real connections. */

import { expect, it } from 'vitest'
import { postgres } from '../harness/engines.js'
import { useKit } from '../harness/kit.js'

const kit = useKit(postgres.open)

it('make one user and one claim of a new address, and a secret for each browser, of twenty at once', async () => {
  const { accounts, auth, inbox, newEmail } = kit()
  for (let round = 0; round < 5; round++) {
    const email = newEmail()
    const asked = Array.from({ length: 20 }, (_, index) =>
      accounts.requestSignIn({ email }, { flow: `browser ${index}` }),
    )
    await Promise.all(asked)
    const text = `select count(distinct i.user_id)::integer as users, count(distinct v.flow_hash)::integer as flows
      from latchkey.identities i join latchkey.verifications v on v.identity_id = i.id where i.value_key = $1`
    expect((await auth.query(text, [email])).rows).toEqual([{ users: 1, flows: 20 }])
    expect(await inbox.to(email)).toHaveLength(20)
  }
})

it('send nothing, and fail nowhere, while the user whom they find is being deleted', async () => {
  const { accounts, auth, newEmail } = kit()
  for (let round = 0; round < 10; round++) {
    const email = newEmail()
    const { user } = await accounts.findOrCreateEmailIdentity(email)
    await Promise.all([
      accounts.deleteUser(user),
      ...Array.from({ length: 4 }, (_, index) =>
        accounts.requestSignIn({ email }, { flow: `browser ${index}` }),
      ),
    ])
    const text = `select count(*)::integer as orphans from latchkey.verifications v
      where v.value_key = $1 and not exists (select from latchkey.users u where u.id = v.user_id)`
    expect((await auth.query(text, [email])).rows).toEqual([{ orphans: 0 }])
  }
})
