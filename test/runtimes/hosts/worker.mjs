/* global Response */
// The handler in a Worker. A connection belongs to the request that opened it, so that each opens an engine of its own.
import { createAuth } from 'latchkey'

const say = ({ event, to, link, code }) =>
  console.log(`[latchkey] ${event} to ${to.value}: code ${code}, ${link}`)

export default {
  async fetch(request, env) {
    const auth = await createAuth({
      database: env.DATABASE_URL,
      migrate: true,
      secret: env.LATCHKEY_SECRET,
      baseUrl: env.BASE_URL,
      sender: { deliver: (message) => Promise.resolve(say(message)) },
      logger: { debug: () => 0, info: console.log, warn: console.log, error: console.log },
      outbox: { worker: false },
      sweep: { every: false },
    })
    try {
      const { pathname } = new URL(request.url)
      if (pathname.startsWith(`${auth.basePath}/`)) return await auth.fetch(request)
      if (pathname === '/private') return Response.json((await auth.requireScope(request)).user.id)
      if (pathname === '/transfer') {
        await auth.requireScope(request, { maxAge: '10m' })
        return Response.json({ status: 'sent' })
      }
      return new Response('Everybody may read this.')
    } catch (error) {
      return await auth.problem(error)
    } finally {
      // There is no process that would deliver later.
      await auth.outbox.drain()
      await auth.close()
    }
  },
}
