// Sign-in behind Fastify. Without DATABASE_URL the data lives in memory; messages stand on the terminal.
import Fastify from 'fastify'
import { createAuth } from 'latchkey'
import { consoleSender } from 'latchkey/delivery/console'
import { createNodeGuards, toNodeHandler } from 'latchkey/node'

const port = Number(process.env.PORT ?? 3004)
const auth = await createAuth({
  database: process.env.DATABASE_URL ?? 'memory',
  migrate: true,
  baseUrl: `http://localhost:${port}`,
  sender: consoleSender(),
})
const { requireScope, requireFresh, scopeOf } = createNodeGuards(auth)
const answer = toNodeHandler(auth)
const behind = (guard) => (request, reply, done) => guard(request.raw, reply.raw, done)

const app = Fastify()

// A plugin of its own, so that Fastify leaves the bodies of these routes alone: the engine reads them.
app.register(async (routes) => {
  routes.removeAllContentTypeParsers()
  routes.addContentTypeParser('*', (_request, _payload, done) => done(null))
  routes.all(`${auth.basePath}/*`, (request, reply) => {
    reply.hijack()
    return answer(request.raw, reply.raw)
  })
})

app.get('/', async () => 'Everybody may read this.')
app.get('/private', { onRequest: behind(requireScope) }, async (request) => {
  const { user, session } = scopeOf(request.raw)
  return { user: user.id, since: session.createdAt }
})
app.post('/transfer', { onRequest: behind(requireFresh('10m')) }, async () => ({ status: 'sent' }))

app.addHook('onClose', () => auth.close())
await app.listen({ port, host: 'localhost' })
console.log(`Listening on http://localhost:${port}`)
process.once('SIGTERM', () => app.close())
