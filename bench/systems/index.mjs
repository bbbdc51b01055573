// The systems by name: the database that each uses, how it is filled, and how it is opened. A module is
// imported only in the process of its system.

const latchkey = (options) => ({
  database: 'latchkey',
  load: async () => {
    const { openWith, prepare } = await import('./latchkey.mjs')
    return { prepare, open: openWith(options) }
  },
})
const betterAuth = (session) => ({
  database: 'better_auth',
  load: async () => {
    const { openWith, prepare } = await import('./better-auth.mjs')
    return { prepare, open: openWith(session) }
  },
})
const raw = (name) => ({
  database: 'latchkey',
  load: async () => ({ open: (await import('./floors.mjs')).openRaw(name) }),
})

/** Every system; the first one of a database fills it. */
export const systems = {
  floor: raw('raw'),
  'floor, unnamed': raw(undefined),
  'argon2id between two statements': {
    database: 'latchkey',
    load: async () => ({ open: (await import('./floors.mjs')).openHashBetween }),
  },
  'constant route': {
    database: 'latchkey',
    load: async () => ({ open: (await import('./floors.mjs')).openConstant }),
  },
  Latchkey: latchkey({}),
  'Latchkey, cache': latchkey({ sessionCache: { maxLag: '2s', maxEntries: 10_000 } }),
  'better-auth': betterAuth(undefined),
  'better-auth, cookie cache': betterAuth({ cookieCache: { enabled: true, maxAge: 86_400 } }),
  'Lucia v3': { database: 'lucia', load: () => import('./lucia.mjs') },
  'Auth.js': { database: 'auth_js', load: () => import('./auth-js.mjs') },
}
