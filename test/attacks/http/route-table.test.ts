/** The table of routes, exactly: what is not written here is not served, and what is served has a place in every matrix. */

import { describe, expect, it } from 'vitest'
import type { RouteDefinition } from '../../../src/http/index.js'
import { createUi } from '../../../src/ui/index.js'
import { featurePages, folded } from '../../harness/shipped-features.js'
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
  GET    /magic-link/end         public
  POST   /magic-link/end         public
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
  GET    /email-change/callback  public
  POST   /email-change/callback  public
  GET    /session                session
  GET    /session/events         session
  DELETE /session                public
  GET    /sessions               session
  DELETE /sessions/:id           fresh
  DELETE /sessions               fresh
  GET    /user                   session
  PATCH  /user                   fresh
  DELETE /user                   fresh
  GET    /identities             session
  PUT    /password               session
  GET    /health                 public
  GET    /ready                  public
`

/** What people see: outside of the contract of JSON, and behind the same judgment. */
const pages = `
  GET    /sign-in                      public
  GET    /sign-up                      public
  GET    /verify                       public
  GET    /forgot-password              public
  GET    /reset-password               public
  GET    /confirm                      public
  GET    /account                      session
  GET    /end-session                  public
  GET    /signed-out                   public
  GET    /assets/:name                 public
  POST   /sign-out                     public
  POST   /account/profile              fresh
  POST   /account/password             session
  POST   /account/sessions/:id/end     fresh
  POST   /account/sessions/end-others  fresh
  POST   /account/delete               fresh
`

const ofTheContract = `
  GET    /openapi.json                 public
  GET    /docs                         public
  GET    /docs/:asset                  public
`

const ofDevelopment = `
  GET    /dev                          public
  GET    /dev/inbox                    public
  GET    /dev/inbox.json               public
  GET    /dev/messages                 public
  GET    /dev/messages/:event/:locale  public
`

const routes = await listRoutes()
const hidden = routes.filter((route) => route.hidden === true)
const shown = routes.filter(({ hidden }) => hidden !== true)
const forms = hidden.filter(({ method }) => method !== 'GET')
const site = useSite()

const linesOf = (text: string): string[] =>
  text
    .trim()
    .split(/\n\s*/)
    .map((line) => line.trim().split(/\s+/).join(' '))
    .sort()

const linesIn = (listed: readonly RouteDefinition[]): string[] =>
  listed.map(({ method, path, access }) => `${method} ${path} ${access}`).sort()

describe('the table of routes', () => {
  it('is the one of the contract', () => {
    expect(linesIn(shown)).toEqual(linesOf(table))
  })

  it('has these pages and their forms beside it, and those of development in development alone', () => {
    expect(linesIn(hidden)).toEqual(linesOf(pages + ofTheContract + ofDevelopment))
    const { pages: settings, basePath, strategies } = site().settings
    const deployed = createUi({
      pages: settings,
      basePath,
      strategies,
      features: featurePages,
      purposes: folded.purposes,
      messages: folded.messages,
      development: 'off',
    })
    expect(linesIn(deployed.routes)).toEqual(linesOf(pages))
  })

  it('has no id and no method of a path twice', () => {
    expect(new Set(routes.map(({ id }) => id)).size).toBe(routes.length)
    expect(new Set(routes.map(({ method, path }) => `${method} ${path}`)).size).toBe(routes.length)
  })

  it('has a request that works for each of its routes, and none for a route that is not there', () => {
    expect(Object.keys(visits).sort()).toEqual([...shown, ...forms].map(({ id }) => id).sort())
  })
})

describe.each([...shown, ...forms])('$method $path', (route) => {
  it('answers that request within the contract, and changes rows only where it may', async () => {
    const { browser, path, body } = await visit(site(), route)
    const before = await site().rows()
    const answer = await browser.send(route.method, path, body === undefined ? {} : { json: body })
    expect(Object.keys(route.answers).map(Number)).toContain(answer.status)
    expect(answer.status).toBeLessThan(400)
    expect(differences(before, await site().rows()).length > 0).toBe(route.method !== 'GET')
  })
})
