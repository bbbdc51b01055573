/**
 * The ports of the core, one file for each noun. `store/`, `secrets/`, `hashing/`, `blocklist/` and `phone/`
 * implement them; `auth/` wires them together. The port of the message queue is in `outbox.ts`.
 *
 * Invariant: every operation of a store is atomic on its own. Its guards are part of its SQL statement.
 */

export type * from './approvals.js'
export type * from './hashing.js'
export type * from './identities.js'
export type * from './passwords.js'
export type * from './phones.js'
export type * from './secrets.js'
export type * from './sessions.js'
export type * from './sign-ins.js'
export type * from './sign-ups.js'
export type * from './store.js'
export type * from './users.js'
export type * from './verifications.js'
