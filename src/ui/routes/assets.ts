/** Serves the stylesheet and the script, which browsers cache for a year. */

import { AuthError } from '../../base/index.js'
import type { RouteDefinition } from '../../http/index.js'
import { defineRoute } from '../../http/index.js'
import type { PageRenderer } from '../page-renderer.js'
import { complete } from './page.js'

/** The route of the assets. A name with another hash belongs to another version and is not found. */
export function assetRoute({ assets }: PageRenderer): RouteDefinition {
  return defineRoute({
    id: 'page.asset',
    method: 'GET',
    path: '/assets/:name',
    access: 'public',
    summary: 'What pages load',
    answers: { 200: { description: 'The file.' } },
    hidden: true,
    handle(context) {
      const name = context.param('name')
      const asset = [assets.stylesheet, assets.script].find((each) => each.name === name)
      if (asset === undefined) throw new AuthError('not_found', { reason: 'asset_unknown' })
      const headers = {
        'Content-Type': asset.type,
        'Cache-Control': 'public, max-age=31536000, immutable',
      }
      return complete(new Response(asset.body, { headers }))
    },
  })
}
