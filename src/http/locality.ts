/**
 * Who sits at this machine: for the pages of development, which show every secret.
 *
 * Invariants: (1) only the socket says where a client is; (2) what came through a proxy is from elsewhere, whatever its
 * socket says; (3) so is a page of another name that was pointed at this machine (DNS rebinding); (4) what is not known
 * is elsewhere.
 */

// A proxy that runs here has a socket here, too.
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

/** Whether the pages of development may be shown to whoever asks. */
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
