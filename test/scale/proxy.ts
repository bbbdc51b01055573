/**
 * A proxy of TCP on loopback: it spreads connections over backends by turns, and passes over one that refuses. It knows
 * no protocol, so it never sends a request twice.
 */

import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

/** A running proxy. */
export interface Proxy {
  readonly port: number
  /** Where new connections go from now on. Open ones stay where they are. */
  setBackends(ports: readonly number[]): void
  /** Lets nothing through any more, in either direction, without closing anything: a network that is cut. */
  freeze(): void
  /** Cuts every connection, and leaves the port. */
  close(): Promise<void>
}

/** Starts a proxy over these ports. */
export async function startProxy(ports: readonly number[]): Promise<Proxy> {
  let backends = [...ports]
  let turn = 0
  let frozen = false
  const open = new Set<Socket>()

  function keep(socket: Socket): void {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
  }

  function join(client: Socket, backend: Socket): void {
    client.pipe(backend)
    backend.pipe(client)
    for (const [one, other] of [
      [client, backend],
      [backend, client],
    ] as const) {
      // A reset goes through as a reset, so that the client sees what it would see without a proxy.
      one.on('error', () => other.resetAndDestroy())
      one.on('close', () => other.end())
    }
  }

  function tryNext(client: Socket, left: number): void {
    const port = backends[turn++ % backends.length]
    if (port === undefined || left === 0) {
      client.destroy()
      return
    }
    const backend = connect(port, '127.0.0.1')
    keep(backend)
    const refused = (): void => tryNext(client, left - 1)
    backend.once('error', refused)
    backend.once('connect', () => {
      backend.off('error', refused)
      if (frozen) return
      join(client, backend)
    })
  }

  const server = createServer({ pauseOnConnect: true }, (client) => {
    keep(client)
    client.on('error', () => undefined)
    if (!frozen) tryNext(client, backends.length)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  return {
    port: (server.address() as AddressInfo).port,
    setBackends(next) {
      backends = [...next]
    },
    freeze() {
      frozen = true
      for (const socket of open) {
        socket.unpipe()
        socket.pause()
      }
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of open) socket.destroy()
      await closed
    },
  }
}
