/* global Deno */
// The handler on Deno, as Deno serves functions of a request.
import { host, port } from './engine.mjs'

Deno.serve(
  { hostname: 'localhost', port, onListen: () => console.log('Listening on Deno') },
  (request, { remoteAddr }) => host(request, { address: remoteAddr.hostname }),
)
