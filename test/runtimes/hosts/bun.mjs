/* global Bun */
// The handler on Bun, as Bun serves functions of a request.
import { auth, host, port } from './engine.mjs'

Bun.serve({
  hostname: 'localhost',
  port,
  fetch: (request, server) => host(request, { address: server.requestIP(request)?.address }),
})
console.log(`Listening on ${auth.basePath}`)
