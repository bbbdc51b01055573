/**
 * Asks a server to cancel a statement that nobody waits for any more, if the statement has no time limit of
 * its own: on a host's pool. A backend that waits for a lock would otherwise continue, and write once it gets
 * the lock.
 *
 * Invariants: (1) the statement to cancel is identified by the key of its connection, so no other backend can
 * be affected, also behind a pooler; (2) it resolves within a second, whatever the server does, and never
 * fails.
 */

import { connect } from 'node:net'

/**
 * The connection properties that `pg` stores. `pg-native` and other clients lack them and are not canceled.
 */
interface Addressed {
  readonly host?: unknown
  readonly port?: unknown
  readonly processID?: unknown
  readonly secretKey?: unknown
}

// The cancel request of the protocol (PostgreSQL 15 §55.2.8): its length, its code, the process and its key.
const requestBytes = 16
const requestCode = 80_877_102
const limitMs = 1_000

/** Asks the server of this client to cancel its running statement. */
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
    // The server closes the connection once it has processed the request.
    socket.on('error', () => undefined)
    socket.on('close', () => resolve())
    socket.on('data', () => undefined)
    socket.on('end', () => socket.destroy())
    setTimeout(() => socket.destroy(), limitMs).unref()
  })
}
