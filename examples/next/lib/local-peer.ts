/**
 * The socket of a request, for development pages such as the inbox. A route handler of Next gets no socket, but Next
 * writes its address into `X-Forwarded-For` where a request has no such header. `npm run dev` listens on this machine
 * only, so no other machine can write that header itself.
 *
 * A request through a proxy, or of a page whose name resolves to this machine, is not local.
 */

const loopback = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1'])
const thisMachine = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]+)?$/

/** The request without the headers that Next added, and the socket; null if it was not made on this machine. */
export function readLocalPeer(request: Request) {
  const [address, host] = [request.headers.get('x-forwarded-for'), request.headers.get('host')]
  if (address === null || !loopback.has(address)) return null
  if (host === null || !thisMachine.test(host) || request.headers.get('x-forwarded-host') !== host)
    return null
  const headers = new Headers(request.headers)
  headers.delete('x-forwarded-for')
  headers.delete('x-forwarded-host')
  return { request: new Request(request, { headers }), peer: { address } }
}
