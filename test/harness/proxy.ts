/**
 * A proxy on loopback behind which the server can fall silent: nothing comes back, every connection stays up, and nobody
 * is told.
 */

import { createServer, connect } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

/** A running proxy. */
export interface Proxy {
  /** Where clients connect instead. */
  readonly url: string
  /** From now on the connections that listen get nothing from the server; those opened later do. */
  silence(): void
  /** From now on every answer of the server is lost, on each connection and on new ones. Returns how to end that. */
  swallow(): () => void
  close(): Promise<void>
}

/** Stands before the server of this URL. */
export async function startProxy(target: string): Promise<Proxy> {
  const { port, hostname } = new URL(target)
  const sockets = new Set<Socket>()
  const listening = new Set<Socket>()
  const silenced = new Set<Socket>()
  let swallowing = false

  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname)
    client.on('data', (data) => {
      if (data.includes('listen "latchkey_revocations')) listening.add(client)
      upstream.write(data)
    })
    upstream.on('data', (data) => {
      if (!swallowing && !silenced.has(client)) client.write(data)
    })
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(one)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        sockets.delete(one)
        other.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = new URL(target)
  url.port = String((server.address() as AddressInfo).port)

  return {
    url: url.href,
    silence() {
      for (const client of listening) silenced.add(client)
    },
    swallow() {
      swallowing = true
      return () => {
        swallowing = false
      }
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
