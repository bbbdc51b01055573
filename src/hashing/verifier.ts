/** The interface of a verifier for one family of hashes. */

/** Checks passwords against hashes of one form. */
export interface Verifier {
  readonly name: string
  /** Whether the hash is of this form, with a cost that a process survives. */
  understands(hash: string): boolean
  /** Called only for a hash of its form. May throw for a hash that is damaged beyond its form. */
  verify(hash: string, password: string): Promise<boolean>
}

/** The longest hash that is parsed. */
export const longestHash = 1024
