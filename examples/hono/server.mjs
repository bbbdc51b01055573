// Sign-in behind Hono. Without DATABASE_URL the data lives in memory; without a sender, messages stand on the terminal.
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { createAuth } from 'latchkey'
import { consoleSender } from 'latchkey/delivery/console'
import { latchkey, requireFresh, requireScope } from 'latchkey/hono'

const port = Number(process.env.PORT ?? 3002)
const auth = await createAuth({
  database: process.env.DATABASE_URL ?? 'memory',
  migrate: true,
  baseUrl: `http://localhost:${port}`,
  sender: consoleSender(),
})

const app = new Hono()
app.use(latchkey(auth))
app.get('/', (c) => c.text('Everybody may read this.'))
app.get('/private', requireScope(), (c) => {
  const { user, session } = c.get('scope')
  return c.json({ user: user.id, since: session.createdAt })
})
app.post('/transfer', requireFresh('10m'), (c) => c.json({ status: 'sent' }))

const server = serve({ fetch: app.fetch, port }, () => console.log(`Listening on http://localhost:${port}`))
process.once('SIGTERM', () => server.close(() => auth.close()))
