// The handler on Node.
import { createServer } from 'node:http'
import { toNodeHandler } from 'latchkey/node'
import { host, port } from './engine.mjs'

const answer = toNodeHandler({ fetch: host })
createServer((request, response) => void answer(request, response)).listen(port, 'localhost', () =>
  console.log('Listening on Node'),
)
