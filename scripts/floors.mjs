// The floors of the house, as data. A room imports only rooms on lower floors, through their index.ts.

/** Rooms by floor, the lowest first. The top floor wires everything. */
export const floors = [
  { name: 'base', rooms: ['base'] },
  { name: 'core', rooms: ['core', 'contract'] },
  {
    name: 'parts',
    rooms: 'store delivery hashing secrets session-cache blocklist phone redis strategies telemetry'.split(
      ' ',
    ),
  },
  { name: 'http', rooms: ['http'] },
  { name: 'pages', rooms: ['ui'] },
  { name: 'features', rooms: ['features'] },
  { name: 'faces', rooms: ['api', 'adapters', 'client'] },
  { name: 'roof', rooms: ['auth', 'cli', 'testing'] },
]

/** Entry points besides `index.ts`: subpaths of the package. */
export const sideDoors = [
  'adapters/hono.ts',
  'adapters/node.ts',
  'http/limit-table.ts',
  'store/postgres.ts',
  'store/pglite.ts',
  'delivery/messages/index.ts',
  'delivery/smtp.ts',
  'delivery/sms.ts',
  'delivery/whatsapp.ts',
  'delivery/webhook.ts',
  'delivery/console.ts',
  'delivery/route.ts',
  'client/react.tsx',
  'ui/options.ts',
  'features/cases.ts',
  'features/clients.ts',
  'features/kit.ts',
  'features/lists.ts',
  'features/store-case.ts',
  'features/web-kit.ts',
]

/** Rooms that import neither a library nor a module of Node. */
export const pureRooms = ['base', 'core']

/** The floor of a room. */
export function floorOf(room) {
  const floor = floors.findIndex(({ rooms }) => rooms.includes(room))
  if (floor === -1) throw new Error(`The room ${room} stands on no floor: add it to scripts/floors.mjs.`)
  return floor
}
