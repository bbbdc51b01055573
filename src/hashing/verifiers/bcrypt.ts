/** bcrypt (`$2a$`, `$2b$`, `$2y$`). It reads 72 bytes of a password, as did the system that made the hash. */

import { createRequire } from 'node:module'
import type * as NativeModule from '@node-rs/bcrypt'
import { importOrRequire } from '../../base/index.js'
import type { Verifier } from '../verifier.js'

const form = /^\$2[aby]\$(\d{2})\$[./A-Za-z0-9]{53}$/
const leastCost = 4
const maxCost = 16

/** Loads the native module. */
export const loadBcrypt = (): Promise<typeof NativeModule> =>
  importOrRequire(
    () => import('@node-rs/bcrypt'),
    () => createRequire(import.meta.url)('@node-rs/bcrypt') as typeof NativeModule,
  )

export const bcryptVerifier: Verifier = {
  name: 'bcrypt',
  understands(hash) {
    const cost = Number(form.exec(hash)?.[1])
    return cost >= leastCost && cost <= maxCost
  },
  async verify(hash, password) {
    const { verify } = await loadBcrypt()
    // PHP's `$2y$` is the corrected algorithm under another name.
    return verify(password, hash.replace(/^\$2y\$/, '$2b$'))
  },
}
