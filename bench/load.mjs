// The HTTP load, in its own process: keep-alive connections that send the next request when the response has
// arrived. It reads only the end of a response, to leave the processor to the server.
import { connect } from 'node:net'
import { answer } from './calls.mjs'
import { throughput } from './measure.mjs'

const headEnd = '\r\n\r\n'

// One connection, one request at a time. Resolves with status and head.
function openConnection(port) {
  const socket = connect(port, '127.0.0.1').setNoDelay(true)
  let buffer = ''
  let settle
  const finish = () => {
    const split = buffer.indexOf(headEnd)
    if (split === -1) return
    const head = buffer.slice(0, split).toLowerCase()
    const length = /content-length: (\d+)/.exec(head)?.[1]
    const body = buffer.length - split - headEnd.length
    const complete =
      length === undefined
        ? /transfer-encoding: chunked/.test(head)
          ? buffer.endsWith('0\r\n\r\n')
          : true
        : body >= Number(length)
    if (!complete) return
    const status = Number(head.slice(9, 12))
    const given = settle
    settle = undefined
    buffer = ''
    given?.resolve({ status, head, body })
  }
  socket.setEncoding('latin1')
  socket.on('data', (text) => {
    buffer += text
    finish()
  })
  const fail = (error) => settle?.reject(error ?? new Error('The server closed the connection.'))
  socket.on('error', fail)
  socket.on('close', () => fail())
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        settle = { resolve, reject }
        socket.write(request)
      }),
    close: () => socket.destroy(),
  }
}

const get = ({ port, path }, cookie) =>
  `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n${cookie === '' ? '' : `cookie: ${cookie}\r\n`}\r\n`

/** Requests sessions with `inFlight` connections for `ms`. */
async function run({ target, inFlight, ms }) {
  const requests = target.cookies.map((cookie) => get(target, cookie))
  const connections = Array.from({ length: inFlight }, () => openConnection(target.port))
  let turn = 0
  const measured = await throughput(
    async (lane) => {
      turn = (turn + 7919) % requests.length
      const { status, body } = await connections[lane].send(requests[turn])
      if (status !== 200 || body < 10)
        throw new Error(`${target.path} answered ${status} with ${body} bytes.`)
    },
    inFlight,
    ms,
  )
  for (const connection of connections) connection.close()
  return measured
}

// The address of a client, as a proxy sends it.
const clientOf = (index) => `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`

function post({ port, signIn }, email, index) {
  const body = JSON.stringify({ email, password: signIn.password })
  return `POST ${signIn.path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nx-forwarded-for: ${clientOf(index)}\r\norigin: ${signIn.origin}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`
}

/** Sends bursts of sign-ins, `size` at once and one a second. Returns how each ended. */
async function storm({ target, size, bursts }) {
  const outcomes = []
  async function one(index) {
    const connection = openConnection(target.port)
    const email = target.signIn.emails[index % target.signIn.emails.length]
    const start = performance.now()
    const { status, head } = await connection
      .send(post(target, email, index))
      .catch((error) => ({ status: error.code ?? error.message, head: '' }))
    outcomes.push({ status, ms: performance.now() - start, retryAfter: /\r\nretry-after:/.test(head) })
    connection.close()
  }
  const all = []
  for (let burst = 0; burst < bursts; burst++) {
    all.push(...Array.from({ length: size }, (_, index) => one(burst * size + index)))
    await new Promise((resolve) => setTimeout(resolve, 1000))
  }
  await Promise.all(all)
  return outcomes
}

answer({ run, storm })
