/**
 * Tells a server to give up a statement that nobody waits for any more, where it has no time limit of its own: on a
 * host's pool. A backend that waits for a lock would otherwise go on, and write when it gets it.
 *
 * Invariants: (1) what is cancelled is named by the key of its connection, so that no other backend is ever meant, also
 * behind a pooler; (2) it resolves within a second, whatever the server does, and never fails.
 */

import { connect } from 'node:net'

/** What `pg` keeps of a connection. `pg-native` and other clients keep less, and are not cancelled. */
interface Addressed {
  readonly host?: unknown
  readonly port?: unknown
  readonly processID?: unknown
  readonly secretKey?: unknown
}

// The request of the protocol (PostgreSQL 15 §55.2.8): its length, its code, the process and its key.
const requestBytes = 16
const requestCode = 80_877_102
const limitMs = 1_000

/** Asks the server of this client to cancel what the client runs. */
export async function cancelStatement(client: object): Promise<void> {
  const { host, port, processID, secretKey } = client as Addressed
  if (typeof host !== 'string' || typeof processID !== 'number' || typeof secretKey !== 'number') return
  const request = Buffer.alloc(requestBytes)
  request.writeInt32BE(requestBytes, 0)
  request.writeInt32BE(requestCode, 4)
  request.writeInt32BE(processID, 8)
  request.writeInt32BE(secretKey, 12)
  const place = host.startsWith('/')
    ? { path: `${host}/.s.PGSQL.${String(port)}` }
    : { host, port: Number(port) }
  await new Promise<void>((resolve) => {
    const socket = connect(place, () => socket.write(request))
    // The server closes the connection once it has passed the request on.
    socket.on('error', () => undefined)
    socket.on('close', () => resolve())
    socket.on('data', () => undefined)
    socket.on('end', () => socket.destroy())
    setTimeout(() => socket.destroy(), limitMs).unref()
  })
}
