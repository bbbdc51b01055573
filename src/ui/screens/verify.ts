/** Builds the page `verify`: which secrets were sent, and whether a link was approved in another browser. */

import { parseDuration } from '../../base/index.js'
import { findUnderEitherName, offersApprovals } from '../../http/index.js'
import type { Engine, RequestContext, BrowserStateData } from '../../http/index.js'
import { redirect } from '../page-renderer.js'
import type { PageRenderer } from '../page-renderer.js'
import { takeDone, takeReturnTo, usualLength } from '../navigation.js'
import type { Waiting } from '../props.js'
import type { RefusedForm } from '../refused-form.js'

type Sent = NonNullable<BrowserStateData['sent']>

// One message carries the secrets of both.
const partners: Readonly<Record<string, string>> = { 'magic-link': 'email-otp', 'email-otp': 'magic-link' }

/** Where the code of a message is posted, and whether the message has a link. */
function secretsOf({ strategies }: Engine, { paths }: PageRenderer, by: string) {
  if (by === 'verification') return { codeAction: paths.callback(by), link: true }
  const takes = (type: 'code' | 'token') =>
    [by, partners[by]]
      .map((id) => strategies.find((strategy) => strategy.id === id))
      .find((strategy) => strategy?.fields.callback?.some((field) => field.type === type))
  const code = takes('code')
  return {
    codeAction: code === undefined ? null : paths.callback(code.id),
    link: takes('token') !== undefined,
  }
}

async function waitingOf(context: RequestContext, by: string): Promise<Waiting | null> {
  const magicLink = context.engine.strategies.find(({ id }) => id === 'magic-link')
  if (by === 'verification' || !offersApprovals(magicLink)) return null
  const pending = await findUnderEitherName(context, (flow) => context.accounts.getPendingSignIn({ flow }))
  return pending === null ? null : { number: pending.number, ready: pending.approved }
}

/** Seconds until another message can be requested. */
function resendAfterSeconds({ now, settings }: Engine, sent: Sent | undefined): number {
  if (sent === undefined) return 0
  const pauseMs = parseDuration(settings.limits.messagePause.window) ?? 0
  return Math.max(0, Math.ceil((sent.at + pauseMs - now()) / 1000))
}

/** What this browser requested. After an error, the posted address, which may be another tab's. */
function sentOf(context: RequestContext, by: string, refused: RefusedForm | undefined): Sent | undefined {
  const { sent } = context.browserState.read()
  const { email, phone } = refused?.form.values ?? {}
  const value = email ?? phone
  if (value === undefined || value === '' || value === sent?.value) return sent
  return { by, type: email === undefined ? 'phone' : 'email', value, at: 0 }
}

/** Shows the page; `by` is the strategy or route that sent, if the browser state does not contain it. */
export async function showVerify(
  renderer: PageRenderer,
  context: RequestContext,
  by: string,
  refused?: RefusedForm,
): Promise<Response> {
  const { engine } = context
  const sent = sentOf(context, by, refused)
  const { codeAction, link } = secretsOf(engine, renderer, sent?.by ?? by)
  const contents = {
    form: refused?.form ?? {},
    sent: sent ?? null,
    codeAction,
    codeLength: sent?.codeLength ?? usualLength(engine),
    link,
    resendAction: renderer.paths.request(sent?.by ?? by),
    resendAfterSeconds: resendAfterSeconds(engine, sent),
    sentAgain: takeDone(context, ['sent_again']) !== null,
    waiting: sent !== undefined && link ? await waitingOf(context, sent.by) : null,
  }
  return renderer.show(context, 'verify', contents, refused?.error)
}

/** Opens `verify`. A person who signed in meanwhile, by a link in another tab, continues to the next page. */
export async function openVerify(renderer: PageRenderer, context: RequestContext): Promise<Response> {
  const isDone = context.browserState.read().sent === undefined && (await context.scope()) !== null
  return isDone ? redirect(takeReturnTo(context, renderer)) : showVerify(renderer, context, 'verification')
}
