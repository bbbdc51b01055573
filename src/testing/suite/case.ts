/** What the cases of the kernel get: an `Auth`, and addresses that nobody else uses. */

import type { Case as StoreCase, Kit as StoreKit } from '../../features/store-case.js'
import type { TestAuth } from '../test-auth.js'

export {
  assertRefused,
  enter,
  goodPassword,
  lastCode,
  lastToken,
  opens,
  otherCode,
  otherPassword,
  signIn,
  signUp,
} from '../../features/store-case.js'

/** The kit of one `Auth`. */
export interface Kit extends TestAuth, StoreKit {
  readonly accounts: TestAuth['auth']['accounts']
  readonly inbox: TestAuth['inbox']
}

/** A case that uses the whole `Auth`. */
export type Case = StoreCase<Kit>

/** Creates the kit of an `Auth`; `random` keeps its addresses apart from those of other kits. */
export function createKit(test: TestAuth, random: string): Kit {
  let count = 0
  const digits = Array.from(random, (each) => each.charCodeAt(0) % 10).join('')
  return {
    ...test,
    accounts: test.auth.accounts,
    newEmail: () => `person-${++count}-${random}@example.com`,
    newPhone: () => `+35191${(digits + String(++count).padStart(3, '0')).slice(-7).padStart(7, '0')}`,
    newUsername: () => `u${random.replace(/[^a-z0-9]/g, '')}_${++count}`,
  }
}
