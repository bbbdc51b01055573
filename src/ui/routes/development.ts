/**
 * The pages of development: where to begin, what would have been sent, and what messages look like.
 *
 * Invariant: they are for whoever sits at this machine, since they show every secret.
 */

import { AuthError } from '../../base/index.js'
import { noticeEvents, verificationTypes } from '../../core/index.js'
import type { Message, MessageEvent } from '../../core/index.js'
import { renderMessage } from '../../delivery/messages/index.js'
import { offersPasswords } from '../../http/index.js'
import type { Exchange, RouteDefinition } from '../../http/index.js'
import type { Desk } from '../desk.js'
import { previewPolicy } from '../policy.js'
import { sampleMessage } from '../sample-message.js'
import { findLocale } from '../texts/locale.js'
import { pageRoute } from './page.js'

const events: readonly MessageEvent[] = [...verificationTypes, ...noticeEvents]

/** What would have been sent, the newest first. @throws AuthError `not_found` where a sender delivers it */
async function messagesOf({ engine }: Exchange): Promise<readonly Message[]> {
  if (engine.inbox === null) throw new AuthError('not_found', { reason: 'no_inbox' })
  await engine.outbox.drain()
  return [...engine.inbox.all()].reverse()
}

function findEvent(name: unknown): MessageEvent | undefined {
  return events.find((event) => event === name)
}

function showPreview(exchange: Exchange, appName: string): Response {
  const event = findEvent(exchange.param('event'))
  const locale = findLocale(exchange.param('locale'))
  if (event === undefined || locale === null) throw new AuthError('not_found', { reason: 'no_such_message' })
  const now = new Date(exchange.engine.now())
  const { html } = renderMessage(sampleMessage(event, locale, now), { appName }, now)
  return new Response(html, {
    headers: { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': previewPolicy },
  })
}

/** Their routes, for development alone. */
export function developmentRoutes(desk: Desk, appName: string): readonly RouteDefinition[] {
  return [
    pageRoute({ id: 'development.landing', path: '/dev', local: true }, async (exchange) =>
      desk.show(exchange, 'landing', {
        user: (await exchange.scope())?.user ?? null,
        hasSignUp: offersPasswords(exchange.engine.strategies),
      }),
    ),
    pageRoute({ id: 'development.inbox', path: '/dev/inbox', local: true }, async (exchange) =>
      desk.show(exchange, 'inbox', { messages: await messagesOf(exchange) }),
    ),
    pageRoute({ id: 'development.inbox-data', path: '/dev/inbox.json', local: true }, async (exchange) =>
      Response.json({ messages: await messagesOf(exchange) }),
    ),
    pageRoute(
      { id: 'development.messages', path: '/dev/messages', local: true },
      (exchange, { event, locale }) =>
        desk.show(exchange, 'messages', {
          event: findEvent(event) ?? 'sign_in',
          locale: findLocale(locale) ?? 'en',
        }),
    ),
    pageRoute({ id: 'development.preview', path: '/dev/messages/:event/:locale', local: true }, (exchange) =>
      Promise.resolve(showPreview(exchange, appName)),
    ),
  ]
}
