/** What the core needs of passwords: `hashing/` and `blocklist/` implement it. Knows no user and no database. */

/** Slow hashes of passwords. Passwords arrive NFC-normalized. */
export interface Hasher {
  /** A hash in PHC form. @throws AuthError `rate_limited` when the queue is full. */
  hash(password: string): Promise<string>
  /** Whether the password is the one of this hash; false for a hash of an unknown form. @throws AuthError `rate_limited` */
  verify(hash: string, password: string): Promise<boolean>
  /** Costs what `verify` costs, for a person who is not there. @throws AuthError `rate_limited` */
  verifyNobody(password: string): Promise<void>
  /** Names the algorithm and the cost of a hash: two of one form cost the same. Null for a hash of an unknown form. */
  formOf(hash: string): string | null
  /** Whether the hash was made by another algorithm or other parameters than `hash` uses now. */
  needsRehash(hash: string): boolean
  /** Whether some verifier understands the form of this hash. */
  understands(hash: string): boolean
}

/** Passwords that everybody tries first. */
export interface PasswordBlocklist {
  /** Whether a list of this machine has it. Never throws: what cannot be read is not refused. */
  includes(password: string): Promise<boolean>
  /**
   * Whether the service outside knows it, where one is asked. To be asked once, and only for whoever was let through by
   * the limits or holds a secret. Never throws: what cannot be asked is not refused.
   */
  isBreached(password: string): Promise<boolean>
}
