// Sign-in with nothing but node:http. Without DATABASE_URL the data lives in memory; messages stand on the terminal.
import { createServer } from 'node:http'
import { createAuth } from 'latchkey'
import { consoleSender } from 'latchkey/delivery/console'
import { createNodeGuards, toNodeHandler } from 'latchkey/node'

const port = Number(process.env.PORT ?? 3001)
const origin = `http://localhost:${port}`
const auth = await createAuth({
  database: process.env.DATABASE_URL ?? 'memory',
  migrate: true,
  baseUrl: origin,
  sender: consoleSender(),
})
const { requireScope, requireFresh, scopeOf } = createNodeGuards(auth)
const answer = toNodeHandler(auth)

const reply = (response, body, status = 200) =>
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))

const routes = {
  'GET /': (_request, response) => reply(response, 'Everybody may read this.'),
  'GET /private': (request, response) =>
    requireScope(request, response, () => {
      const { user, session } = scopeOf(request)
      reply(response, { user: user.id, since: session.createdAt })
    }),
  'POST /transfer': (request, response) =>
    requireFresh('10m')(request, response, () => reply(response, { status: 'sent' })),
}

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, origin)
  if (pathname.startsWith(`${auth.basePath}/`)) return void answer(request, response)
  const route = routes[`${request.method} ${pathname}`]
  return route ? route(request, response) : reply(response, 'Nothing here.', 404)
})
server.listen(port, 'localhost', () => console.log(`Listening on ${origin}`))
process.once('SIGTERM', () => server.close(() => auth.close()))
