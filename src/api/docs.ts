/**
 * Serves the OpenAPI document and its reference page: `GET /openapi.json` and `GET /docs`. The page loads
 * nothing from other hosts; the build copies its assets beside this file.
 *
 * Invariants: (1) the document is created once, at the first request; (2) assets come from a closed list; (3)
 * the page runs no inline code.
 */

import { html } from 'hono/html'
import { AuthError } from '../base/index.js'
import { defineRoute } from '../http/index.js'
import type { Outcome, RouteDefinition } from '../http/index.js'
import { createOpenApi } from './openapi.js'
import type { ContractPlace } from './openapi.js'

/** The version of the copied assets. */
export const assetsVersion = '5.35.0'

const assetTypes = new Map([
  ['swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
  ['swagger-ui.css', 'text/css; charset=utf-8'],
])

// Swagger UI draws its arrows from `data:` images. It sets styles by script, which `style-src` does not
// block.
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "object-src 'none'",
].join('; ')

const start = `window.addEventListener('load', () => {
  const url = document.body.dataset.document
  SwaggerUIBundle({ url, dom_id: '#document', deepLinking: true, validatorUrl: null })
})
`

function complete(
  body: string | Uint8Array<ArrayBuffer>,
  headers: Readonly<Record<string, string>>,
): Outcome {
  return { status: 'complete', response: new Response(body, { headers }) }
}

async function page(basePath: string): Promise<string> {
  const at = `${basePath}/docs`
  const css = `${at}/swagger-ui.css?v=${assetsVersion}`
  const bundle = `${at}/swagger-ui-bundle.js?v=${assetsVersion}`
  const markup = await html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>The HTTP contract</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="${css}" />
        <script src="${bundle}" defer></script>
        <script src="${at}/start.js" defer></script>
      </head>
      <body data-document="${basePath}/openapi.json">
        <main id="document"><noscript>The document: ${basePath}/openapi.json</noscript></main>
      </body>
    </html>`
  return markup.toString()
}

/** The routes that serve the document of `routes`. `assets` is the folder of the copied assets. */
export function createContractRoutes(
  routes: readonly RouteDefinition[],
  place: ContractPlace,
  assets: URL = new URL('./docs/', import.meta.url),
): RouteDefinition[] {
  let document: string | undefined

  async function readAsset(name: string): Promise<Outcome> {
    const type = assetTypes.get(name)
    if (type === undefined) throw new AuthError('not_found', { reason: 'asset_unknown' })
    const { readFile } = await import('node:fs/promises')
    const body = new Uint8Array(await readFile(new URL(name, assets)))
    return complete(body, { 'Content-Type': type, 'Cache-Control': 'public, max-age=31536000, immutable' })
  }

  return [
    defineRoute({
      id: 'contract.document',
      method: 'GET',
      path: '/openapi.json',
      access: 'public',
      summary: 'This document.',
      answers: { 200: { description: 'An OpenAPI 3.1 document.' } },
      hidden: true,
      handle() {
        document ??= JSON.stringify(createOpenApi(routes, place))
        return complete(document, { 'Content-Type': 'application/json', 'Cache-Control': 'no-cache' })
      },
    }),
    defineRoute({
      id: 'contract.page',
      method: 'GET',
      path: '/docs',
      access: 'public',
      summary: 'This document as a page.',
      answers: { 200: { description: 'A page.' } },
      hidden: true,
      handle: async () =>
        complete(await page(place.basePath), {
          'Content-Type': 'text/html; charset=utf-8',
          'Content-Security-Policy': policy,
        }),
    }),
    defineRoute({
      id: 'contract.asset',
      method: 'GET',
      path: '/docs/:asset',
      access: 'public',
      summary: 'An asset of the page.',
      answers: { 200: { description: 'The asset.' } },
      hidden: true,
      handle(context) {
        const name = context.param('asset')
        if (name !== 'start.js') return readAsset(name)
        return complete(start, {
          'Content-Type': 'text/javascript; charset=utf-8',
          'Cache-Control': 'no-cache',
        })
      },
    }),
  ]
}
