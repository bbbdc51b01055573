// Sign in by a link, with nothing but node:http. The link stands on the terminal.
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { AuthError, createAuth } from 'latchkey'
import { consoleSender } from 'latchkey/delivery/console'

const port = Number(process.env.PORT ?? 3001)
const origin = `http://localhost:${port}`
const auth = await createAuth({ database: 'memory', baseUrl: origin, sender: consoleSender() })
const { accounts } = auth

const cookiesOf = (request) =>
  Object.fromEntries((request.headers.cookie ?? '').split('; ').map((pair) => pair.split('=')))
const cookie = (name, value) => `${name}=${value}; Path=/; HttpOnly; SameSite=Lax`
const page = (body) => `<!doctype html><meta charset="utf-8"><title>Example</title>${body}`
const form = (action, fields, button) =>
  `<form method="post" action="${action}">${fields}<button>${button}</button></form>`

async function readForm(request) {
  if (request.headers.origin !== origin) throw new AuthError('forbidden_origin')
  let body = ''
  for await (const chunk of request) if ((body += chunk).length > 4096) throw new AuthError('input_invalid')
  return Object.fromEntries(new URLSearchParams(body))
}

const routes = {
  async 'GET /'(request) {
    const user = await accounts.getUserBySessionToken(cookiesOf(request).session)
    if (user === null)
      return { body: page(form('/ask', '<input name="email" type="email" required>', 'Send a link')) }
    return { body: page(`<p>Signed in as ${user.id}</p>${form('/out', '', 'Sign out')}`) }
  },

  // The flow names this browser: a link that somebody else opens proves nothing for it.
  async 'POST /ask'(request) {
    const flow = cookiesOf(request).flow ?? randomUUID()
    const { identity } = await accounts.findOrCreateEmailIdentity((await readForm(request)).email)
    await accounts.issueIdentityVerification(identity, 'sign_in', { flow })
    return { body: page('<p>The link is on the terminal.</p>'), cookies: [cookie('flow', flow)] }
  },

  // Opening a link consumes nothing: mail scanners open links, too.
  async 'GET /auth/magic-link/callback'(request) {
    const token = new URL(request.url, origin).searchParams.get('token')?.replace(/[^A-Za-z0-9_-]/g, '') ?? ''
    return { body: page(form('/enter', `<input type="hidden" name="token" value="${token}">`, 'Sign in')) }
  },

  async 'POST /enter'(request) {
    const { token } = await readForm(request)
    const { user } = await accounts.verifyMagicLink(token, 'sign_in', { flow: cookiesOf(request).flow })
    return { location: '/', cookies: [cookie('session', await accounts.generateUserSessionToken(user))] }
  },

  async 'POST /out'(request) {
    await readForm(request)
    await accounts.revokeUserSessionToken(cookiesOf(request).session)
    return { location: '/', cookies: [cookie('session', '')] }
  },
}

const statuses = {
  invalid_token: 400,
  forbidden_origin: 403,
  confirmation_required: 409,
  input_invalid: 422,
  unavailable: 503,
}

const server = createServer(async (request, response) => {
  const route = routes[`${request.method} ${new URL(request.url, origin).pathname}`]
  try {
    const {
      body = '',
      location,
      cookies = [],
    } = route ? await route(request) : { body: page('<p>Nothing here.</p>') }
    response.writeHead(location ? 303 : route ? 200 : 404, {
      'Content-Type': 'text/html; charset=utf-8',
      'Cache-Control': 'no-store',
      'Set-Cookie': cookies,
      ...(location && { Location: location }),
    })
    response.end(body)
  } catch (error) {
    const code = AuthError.is(error) ? error.code : 'internal'
    response.writeHead(statuses[code] ?? 500, { 'Content-Type': 'text/plain' }).end(code)
  }
})
server.listen(port, 'localhost', () => console.log(`The example is listening on ${origin}`))
process.once('SIGTERM', () => server.close(() => auth.close()))
