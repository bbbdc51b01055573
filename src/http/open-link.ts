/**
 * Opening a link by GET.
 *
 * Invariant: it redeems nothing. It stores the token as the pending link and leads to a page that says what the
 * link will do.
 */

import * as z from 'zod'
import { textLimits } from '../contract/index.js'
import type { LinkType } from './browser-state.js'
import { defineRoute } from './route.js'
import type { RouteDefinition } from './route.js'

const linkQuery = z.object({ token: z.string().max(textLimits.token).catch('') })
const tokenForm = /^[A-Za-z0-9_-]{1,512}$/

const pageOf = (type: LinkType): string => (type === 'session_end' ? 'end-session' : 'confirm')

/** `GET <path>`: stores the token as the pending link. */
export function openLinkRoute(id: string, path: string, type: LinkType): RouteDefinition {
  return defineRoute({
    id,
    method: 'GET',
    path,
    access: 'public',
    summary: 'Open a link: parks it, and leads to the page that says what it will do',
    input: linkQuery,
    answers: { 303: { description: 'To the page that asks before it acts.' } },
    handle({ browserState, engine }, { token }) {
      browserState.write({ link: tokenForm.test(token) ? { type, token } : undefined })
      return { status: 303, location: `${engine.settings.basePath}/${pageOf(type)}` }
    },
  })
}
