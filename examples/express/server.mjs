// Sign-in behind Express. Without DATABASE_URL the data lives in memory; messages stand on the terminal.
import express from 'express'
import { createAuth } from 'latchkey'
import { consoleSender } from 'latchkey/delivery/console'
import { createNodeGuards, toNodeHandler } from 'latchkey/node'

const port = Number(process.env.PORT ?? 3003)
const auth = await createAuth({
  database: process.env.DATABASE_URL ?? 'memory',
  migrate: true,
  baseUrl: `http://localhost:${port}`,
  sender: consoleSender(),
})
const { requireScope, requireFresh, scopeOf } = createNodeGuards(auth)

const app = express()
// Before anything that reads bodies: the engine reads its own.
app.use(auth.basePath, toNodeHandler(auth))
app.use(express.json())
app.get('/', (_request, response) => response.send('Everybody may read this.'))
app.get('/private', requireScope, (request, response) => {
  const { user, session } = scopeOf(request)
  response.json({ user: user.id, since: session.createdAt })
})
app.post('/transfer', requireFresh('10m'), (_request, response) => response.json({ status: 'sent' }))

const server = app.listen(port, () => console.log(`Listening on http://localhost:${port}`))
process.once('SIGTERM', () => server.close(() => auth.close()))
