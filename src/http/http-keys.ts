/** The keyed digests and random names that HTTP uses. */

import type { BrowserKeys } from '../secrets/index.js'

/** Keyed digests and random names. */
export interface HttpKeys extends BrowserKeys {
  newId(): string
  /** 128 random bits in base64url. */
  newName(): string
}
