/**
 * Whether a client is on this machine, for the development pages, which show every secret.
 *
 * Invariants: (1) only the socket determines where a client is; (2) a request that came through a proxy is
 * remote, whatever its socket says; (3) so is a page of another name that resolves to this machine (DNS
 * rebinding); (4) an unknown client is remote.
 */

// A proxy on this machine also has a local socket.
const leftByProxies = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-real-ip',
  'via',
  'cf-connecting-ip',
]

const loopbackAddress = /^(?:(?:::ffff:)?127(?:\.[0-9]{1,3}){3}|::1)$/i
const loopbackName = /^(?:localhost|\[::1\]|127(?:\.[0-9]{1,3}){3})$/

/** Creates the check whether a requester may see the development pages. */
export function createLocality({ development }: { readonly development: 'off' | 'local' | 'open' }) {
  return (request: Request, socketAddress: string | null): boolean => {
    if (development !== 'local') return development === 'open'
    return (
      socketAddress !== null &&
      loopbackAddress.test(socketAddress) &&
      loopbackName.test(new URL(request.url).hostname) &&
      leftByProxies.every((name) => !request.headers.has(name))
    )
  }
}
