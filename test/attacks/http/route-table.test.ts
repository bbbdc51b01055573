/** The table of routes, exactly: what is not written here is not served, and what is served has a place in every matrix. */

import { describe, expect, it } from 'vitest'
import { differences, listRoutes, useSite } from '../../harness/site.js'
import { visit, visits } from '../../harness/visits.js'

const table = `
  POST   /sign-up                public
  POST   /password/request       public
  POST   /magic-link/request     public
  GET    /magic-link/callback    public
  POST   /magic-link/callback    public
  POST   /magic-link/approve     public
  GET    /magic-link/wait        public
  POST   /magic-link/wait        public
  POST   /email-otp/request      public
  POST   /email-otp/callback     public
  POST   /sms-otp/request        public
  POST   /sms-otp/callback       public
  POST   /whatsapp/request       public
  POST   /whatsapp/callback      public
  POST   /verification/request   public
  GET    /verification/callback  public
  POST   /verification/callback  public
  POST   /recovery/request       public
  GET    /recovery/callback      public
  POST   /recovery/callback      public
  GET    /session                session
  DELETE /session                public
  GET    /sessions               session
  DELETE /sessions/:id           session
  DELETE /sessions               session
  GET    /user                   session
  PATCH  /user                   session
  DELETE /user                   fresh
  GET    /identities             session
  PUT    /password               session
  GET    /health                 public
  GET    /ready                  public
`

const routes = await listRoutes()
const shown = routes.filter(({ hidden }) => hidden !== true)
const site = useSite()

describe('the table of routes', () => {
  it('is the one of the contract', () => {
    const lines = table
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/).join(' '))
    expect(shown.map(({ method, path, access }) => `${method} ${path} ${access}`).sort()).toEqual(
      lines.sort(),
    )
  })

  it('has no id and no method of a path twice', () => {
    expect(new Set(routes.map(({ id }) => id)).size).toBe(routes.length)
    expect(new Set(routes.map(({ method, path }) => `${method} ${path}`)).size).toBe(routes.length)
  })

  it('has a request that works for each of its routes, and none for a route that is not there', () => {
    expect(Object.keys(visits).sort()).toEqual(shown.map(({ id }) => id).sort())
  })
})

describe.each(shown)('$method $path', (route) => {
  it('answers that request within the contract, and changes rows only where it may', async () => {
    const { browser, path, body } = await visit(site(), route)
    const before = await site().rows()
    const answer = await browser.send(route.method, path, body === undefined ? {} : { json: body })
    expect(Object.keys(route.answers).map(Number)).toContain(answer.status)
    expect(answer.status).toBeLessThan(400)
    expect(differences(before, await site().rows()).length > 0).toBe(route.method !== 'GET')
  })
})
