/* global Response */
// One engine and three routes, by nothing that one runtime has alone.
import process from 'node:process'
import { createAuth } from 'latchkey'
import { consoleSender } from 'latchkey/delivery/console'

export const port = Number(process.env.PORT)
export const auth = await createAuth({
  database: process.env.DATABASE_URL,
  migrate: true,
  baseUrl: `http://localhost:${port}`,
  sender: consoleSender((line) => console.log(line)),
})

/** Answers a request that came from this address. */
export async function host(request, peer) {
  const { pathname } = new URL(request.url)
  if (pathname.startsWith(`${auth.basePath}/`)) return auth.fetch(request, peer)
  try {
    switch (pathname) {
      case '/private':
        return Response.json((await auth.requireScope(request)).user.id)
      case '/transfer':
        await auth.requireScope(request, { maxAge: '10m' })
        return Response.json({ status: 'sent' })
      default:
        return new Response('Everybody may read this.')
    }
  } catch (error) {
    return auth.problem(error)
  }
}
