/** An engine that computes Argon2: the native module, or WebAssembly. */

/** One hash, one comparison. */
export interface Argon2 {
  hash(password: string): Promise<string>
  verify(hash: string, password: string): Promise<boolean>
}
