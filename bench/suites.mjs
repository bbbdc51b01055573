// The compared operations, their concurrency, and the floor of each: the minimum that it is compared with.

const withSessions = [
  'floor',
  'floor, unnamed',
  'Latchkey',
  'Latchkey, cache',
  'better-auth',
  'better-auth, cookie cache',
  'Lucia v3',
  'Auth.js',
]

/** All suites; `unlike` describes how the systems differ in what they do. */
export const suites = [
  {
    operation: 'session',
    title: 'Session check',
    inFlight: [1, 16, 64],
    floor: 'raw prepared join',
    names: withSessions,
    unlike:
      '`getUserBySessionToken`, `auth.api.getSession`, `lucia.validateSession`, and a request for `/auth/session` to `Auth()`.',
  },
  {
    operation: 'http',
    title: 'Session check over node:http',
    inFlight: [1, 16, 64],
    floor: 'constant route of Hono',
    base: 'constant route',
    names: [
      'constant route',
      'Latchkey',
      'Latchkey, cache',
      'better-auth',
      'better-auth, cookie cache',
      'Lucia v3',
      'Auth.js',
    ],
    unlike:
      'The load comes from another process on the same two cores. The constant is an answer of the same shape, and what lies between it and the cache is reading the cookie and writing the answer; between the cache and the first row of Latchkey lies the statement, which dozens share. Lucia has no routes: it is one of Hono.',
  },
  {
    operation: 'signUp',
    title: 'Sign-up by password',
    inFlight: [1, 4],
    floor: 'argon2id alone',
    names: ['floor', 'Latchkey', 'better-auth', 'Lucia v3'],
    unlike:
      'Latchkey queues a proof of the address; better-auth (scrypt) and Lucia open a session instead. Auth.js has no passwords beside sessions in a database.',
  },
  {
    operation: 'authenticate',
    title: 'Sign-in by password alone',
    inFlight: [1, 4],
    floor: 'argon2id alone',
    names: ['floor', 'argon2id between two statements', 'Latchkey'],
    unlike:
      '`authenticateWithPassword`, without the session: one statement before the hash and one after. The second row is what `pg` takes for two bare look-ups around the same hash, which leaves the caches cold: one at a time, both look-ups cost more than a twentieth of the hash whoever makes them.',
  },
  {
    operation: 'signIn',
    title: 'Sign-in by password, with a new session',
    inFlight: [1, 4],
    floor: 'argon2id alone',
    names: ['floor', 'Latchkey', 'better-auth', 'Lucia v3'],
    unlike: 'Latchkey and Lucia verify argon2id, better-auth scrypt.',
  },
  {
    operation: 'redeem',
    title: 'Issue and redeem a link alone',
    inFlight: [1, 16],
    floor: 'two raw statements',
    names: ['floor', 'Latchkey'],
    unlike:
      '`issueIdentityVerification` and `verifyMagicLink`, without a session. Latchkey also writes two audit rows.',
  },
  {
    operation: 'link',
    title: 'Issue and redeem a link, with a new session',
    inFlight: [1, 16],
    floor: 'two raw statements, no session',
    names: ['floor', 'Latchkey', 'better-auth', 'Auth.js'],
    unlike:
      'Latchkey stores the message with its secret; the others hand it to a callback. Lucia has no links.',
  },
  {
    operation: 'code',
    title: 'Issue and redeem a code, with a new session',
    inFlight: [1, 16],
    floor: 'two raw statements, no session',
    names: ['floor', 'Latchkey', 'better-auth'],
    unlike: 'Likewise. Lucia and Auth.js have no codes.',
  },
  {
    operation: 'entry',
    title: 'From an address to a session, the message delivered',
    inFlight: [1, 16],
    floor: 'two raw statements, no session',
    names: ['floor', 'Latchkey', 'better-auth', 'Lucia v3', 'Auth.js'],
    unlike:
      'The whole way of a code, for any of 100,000 people: find or create by address, issue, deliver, redeem, open a session. Latchkey reads the code from the message that its worker delivered; the others hand theirs to a callback before they answer. Auth.js sends a link. Lucia follows the recipe of its documentation.',
  },
]

/** The system that the ratios refer to. */
export const baseOf = ({ base }) => base ?? 'floor'
