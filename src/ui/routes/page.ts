/** Turns pages into routes: GET, below the base path, and left out of the OpenAPI document. */

import * as z from 'zod'
import type { Access, RequestContext, Outcome, RouteDefinition } from '../../http/index.js'
import { defineRoute } from '../../http/index.js'

/** The query of a page; an invalid value is ignored. */
export type PageQuery = Readonly<Record<string, unknown>>

const query: z.ZodType<PageQuery> = z.record(z.string(), z.unknown())

/** Wraps a complete response. */
export async function complete(response: Response | Promise<Response>): Promise<Outcome> {
  return { status: 'complete', response: await response }
}

/** Creates the route of a page. */
export function pageRoute(
  page: { readonly id: string; readonly path: string; readonly access?: Access; readonly local?: boolean },
  open: (context: RequestContext, query: PageQuery) => Promise<Response>,
): RouteDefinition {
  return defineRoute<PageQuery>({
    id: page.id,
    method: 'GET',
    path: page.path,
    access: page.access ?? 'public',
    summary: 'A page',
    input: query,
    answers: { 200: { description: 'The page.' } },
    hidden: true,
    ...(page.local === true && { local: true }),
    handle: (context, asked) => complete(open(context, asked)),
  })
}
