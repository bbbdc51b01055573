/**
 * Tells an open page that its session ended, by server-sent events (WHATWG HTML §9.2).
 *
 * Invariants: (1) the stream contains no secret and names nobody; (2) it ends with the session, and its
 * subscription ends with the stream; (3) the feed limits the number of streams.
 */

import type { Outcome, RouteDefinition } from '../../http/index.js'
import { defineRoute } from '../../http/index.js'

const headers = { 'Content-Type': 'text/event-stream; charset=utf-8', 'X-Accel-Buffering': 'no' }
// Shorter than the time after which proxies close a silent connection.
const breathMs = 20_000
const encoder = new TextEncoder()

/** A stream that sends `ended` once. `watch` subscribes and returns the function that unsubscribes. */
function endingStream(watch: (onEnded: () => void) => () => void): ReadableStream<Uint8Array> {
  let stop = (): void => undefined
  return new ReadableStream({
    start(controller) {
      const say = (text: string): void => controller.enqueue(encoder.encode(text))
      const breath = setInterval(() => say(':\n\n'), breathMs)
      ;(breath as Partial<NodeJS.Timeout>).unref?.()
      const unwatch = watch(() => {
        clearInterval(breath)
        say('event: ended\ndata: {}\n\n')
        controller.close()
      })
      stop = () => {
        clearInterval(breath)
        unwatch()
      }
      say('retry: 5000\n\n')
    },
    cancel: () => stop(),
  })
}

/** `GET /session/events`. */
export const sessionEventsRoute: RouteDefinition = defineRoute({
  id: 'session.events',
  method: 'GET',
  path: '/session/events',
  access: 'session',
  summary: 'Tells this page, as a server-sent event `ended`, that its session ended',
  answers: { 200: { description: 'A stream of server-sent events.' } },
  async handle(context): Promise<Outcome> {
    const { user, session } = await context.requireScope()
    // Nobody reads the stream of a HEAD request, so its subscription would never end.
    if (context.request.method === 'HEAD')
      return { status: 'complete', response: new Response(null, { headers }) }
    const { feed } = context.engine
    const body = endingStream((onEnded) => feed.subscribe(session.id, user.id, onEnded))
    return { status: 'complete', response: new Response(body, { headers }) }
  },
})
