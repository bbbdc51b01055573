/** The password ports that `hashing/` and `blocklist/` implement. They know no user and no database. */

/** Slow password hashes. Passwords arrive NFC-normalized. */
export interface Hasher {
  /** A hash in PHC form. @throws AuthError `rate_limited` when the queue is full. */
  hash(password: string): Promise<string>
  /**
   * Whether the password matches this hash; false for a hash of an unknown form.
   * @throws AuthError `rate_limited`
   */
  verify(hash: string, password: string): Promise<boolean>
  /** Takes as long as `verify`, for a user who doesn't exist. @throws AuthError `rate_limited` */
  verifyNobody(password: string): Promise<void>
  /**
   * Identifies the algorithm and the cost of a hash: two hashes with the same form cost the same. Null for a
   * hash of an unknown form.
   */
  formOf(hash: string): string | null
  /** Whether the hash was made with another algorithm or other parameters than `hash` uses now. */
  needsRehash(hash: string): boolean
  /** Whether a verifier understands the form of this hash. */
  understands(hash: string): boolean
}

/** Common and breached passwords. */
export interface PasswordBlocklist {
  /** Whether a local list contains it. Never throws: if a list can't be read, the password is accepted. */
  includes(password: string): Promise<boolean>
  /**
   * Whether the external service knows it, if one is configured. Call it once, and only for a requester who
   * is within the limits or holds a secret. Never throws: if the service can't be reached, the password is
   * accepted.
   */
  isBreached(password: string): Promise<boolean>
}
