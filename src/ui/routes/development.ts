/**
 * The development pages: the landing page, the inbox, and previews of messages.
 *
 * Invariant: they are only for clients on this machine, since they show every secret.
 */

import { AuthError } from '../../base/index.js'
import { kernelNotices } from '../../core/index.js'
import type { FeatureMessages, Message, MessageEvent, PurposeTable } from '../../core/index.js'
import { renderMessage } from '../../delivery/messages/index.js'
import { offersPasswords } from '../../http/index.js'
import type { RequestContext, RouteDefinition } from '../../http/index.js'
import type { PageRenderer } from '../page-renderer.js'
import { previewPolicy } from '../policy.js'
import { sampleMessage } from '../sample-message.js'
import { findLocale } from '../texts/locale.js'
import { kernelTitles } from '../pages/inbox.js'
import { pageRoute } from './page.js'

/** What the development pages show. */
export interface DevelopmentPages {
  readonly appName: string
  readonly purposes: PurposeTable
  /** The messages of features. */
  readonly messages: FeatureMessages
}

function eventsOf({ purposes, messages }: DevelopmentPages): readonly MessageEvent[] {
  return [
    ...new Set([...Object.keys(purposes), ...kernelNotices, ...Object.keys(messages)]),
  ] as MessageEvent[]
}

/**
 * The messages that would have been sent, newest first.
 * @throws AuthError `not_found` if a sender delivers them
 */
async function messagesOf({ engine }: RequestContext): Promise<readonly Message[]> {
  if (engine.inbox === null) throw new AuthError('not_found', { reason: 'no_inbox' })
  await engine.outbox.drain()
  return [...engine.inbox.all()].reverse()
}

function showPreview(context: RequestContext, shown: DevelopmentPages): Response {
  const event = eventsOf(shown).find((name) => name === context.param('event'))
  const locale = findLocale(context.param('locale'))
  if (event === undefined || locale === null) throw new AuthError('not_found', { reason: 'no_such_message' })
  const now = new Date(context.engine.now())
  const sample = {
    event,
    isNotice: !Object.hasOwn(shown.purposes, event),
    texts: shown.messages[event]?.texts,
  }
  const { html } = renderMessage(sampleMessage(sample, locale, now), { appName: shown.appName }, now)
  return new Response(html, {
    headers: { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': previewPolicy },
  })
}

function titlesOf({ messages }: DevelopmentPages): Readonly<Record<string, string>> {
  const added = Object.entries(messages).map(([event, { title }]) => [event, title] as const)
  return { ...kernelTitles, ...Object.fromEntries(added) }
}

/** The routes of these pages, only for development. */
export function developmentRoutes(
  renderer: PageRenderer,
  shown: DevelopmentPages,
): readonly RouteDefinition[] {
  const events = eventsOf(shown)
  return [
    pageRoute({ id: 'development.landing', path: '/dev', local: true }, async (context) =>
      renderer.show(context, 'landing', {
        user: (await context.scope())?.user ?? null,
        hasSignUp: offersPasswords(context.engine.strategies),
      }),
    ),
    pageRoute({ id: 'development.inbox', path: '/dev/inbox', local: true }, async (context) =>
      renderer.show(context, 'inbox', {
        titles: titlesOf(shown),
        messages: await messagesOf(context),
      }),
    ),
    pageRoute({ id: 'development.inbox-data', path: '/dev/inbox.json', local: true }, async (context) =>
      Response.json({ messages: await messagesOf(context) }),
    ),
    pageRoute(
      { id: 'development.messages', path: '/dev/messages', local: true },
      (context, { event, locale }) =>
        renderer.show(context, 'messages', {
          events,
          event: events.find((name) => name === event) ?? 'sign_in',
          locale: findLocale(locale) ?? 'en',
        }),
    ),
    pageRoute({ id: 'development.preview', path: '/dev/messages/:event/:locale', local: true }, (context) =>
      Promise.resolve(showPreview(context, shown)),
    ),
  ]
}
