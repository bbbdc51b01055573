/** What a verifier of one family of hashes is. */

/** Checks passwords against hashes of one form. */
export interface Verifier {
  readonly name: string
  /** Whether the hash is of this form, with costs that a process survives. */
  understands(hash: string): boolean
  /** Asked only for what it understands. May throw for a hash that is damaged beyond its form. */
  verify(hash: string, password: string): Promise<boolean>
}

/** The longest hash that is looked at. */
export const longestHash = 1024
