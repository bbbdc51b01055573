/** The keyed digests and random names that HTTP works with. */

import type { BrowserKeys } from '../secrets/index.js'

/** What HTTP has keyed or made at random. */
export interface HttpKeys extends BrowserKeys {
  newId(): string
  /** 128 random bits in base64url. */
  newName(): string
}
