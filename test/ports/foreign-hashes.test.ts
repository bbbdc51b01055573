/** Imported users with slow hashes of another system are told from nobody by no comparison. */

import { expect, it, vi } from 'vitest'
import { createPasswords } from '../../src/core/passwords.js'
import { createHasher } from '../../src/hashing/index.js'
import { postgres } from '../harness/engines.js'
import { useKit } from '../harness/kit.js'

const kit = useKit(postgres.open)
const password = 'seven wooden lanterns drifting'
const bcrypt = (cost: string) => `$2b$${cost}$abcdefghijklmnopqrstuu50eFBEC8vQwBnuFXMHE45jBnqvQ8xz.`

/** Which forms are compared for a wrong password at this address. */
async function comparedFor(email: string, foreignHashes: readonly string[], hash: string | null) {
  const hasher = createHasher({ concurrency: 1, queue: 10 })
  const compared: string[] = []
  const account = { user: { id: 'u', disabledAt: null }, identity: {}, hash }
  const context = {
    hasher: {
      ...hasher,
      verify(stored: string) {
        compared.push(String(hasher.formOf(stored)))
        return Promise.resolve(false)
      },
      verifyNobody() {
        compared.push(
          String(
            hasher.formOf(
              '$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
            ),
          ),
        )
        return Promise.resolve()
      },
    },
    store: {
      passwords: {
        find: () => Promise.resolve({ readAt: new Date(), foreignHashes, ...(hash === null ? {} : account) }),
        recordFailure: () => Promise.resolve(),
      },
    },
    secrets: { digestAddress: () => new Uint8Array(32) },
    announcer: { announce: vi.fn(), queued: vi.fn() },
    settings: { password: { maxLength: 256 } },
  }
  const { authenticateWithPassword } = createPasswords(context as never)
  await expect(authenticateWithPassword({ email, password })).rejects.toMatchObject({
    code: 'invalid_credentials',
  })
  return compared.sort()
}

it('compares one hash of each form for nobody, for a person of ours, and for an imported one', async () => {
  const own = await createHasher({ concurrency: 1, queue: 10 }).hash(password)
  const foreignHashes = [bcrypt('12'), bcrypt('12'), bcrypt('06')]
  const wanted = await comparedFor('x@example.com', foreignHashes, null)
  expect(wanted).toHaveLength(3)
  for (const hash of [own, bcrypt('12'), bcrypt('06')])
    expect(await comparedFor('x@example.com', foreignHashes, hash)).toEqual(wanted)
  expect(await comparedFor('x@example.com', [], null)).toHaveLength(1)
})

it('finds foreign hashes in the database, and none once the last of them was replaced', async () => {
  const { accounts, auth, newEmail } = kit()
  const email = newEmail()
  const foreign = async () =>
    (
      await auth.query(`select count(*)::integer as count from latchkey.passwords
      where left(hash, 31) <> '$argon2id$v=19$m=19456,t=2,p=1$'`)
    ).rows[0]?.['count']
  await accounts.importUser({
    email,
    verified: true,
    passwordHash: '$2b$06$abcdefghijklmnopqrstuu50eFBEC8vQwBnuFXMHE45jBnqvQ8xz.',
  })
  expect(await foreign()).toBe(1)
  await accounts.authenticateWithPassword({ email, password: 'correct horse battery' })
  expect(await foreign()).toBe(0)
})
