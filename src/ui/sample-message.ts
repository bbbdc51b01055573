/** Messages with made-up secrets, for the previews in development. */

import { noticeEvents } from '../core/index.js'
import type { Message, MessageEvent } from '../core/index.js'
import type { LocaleName } from './texts/texts.js'

const minutes = 60_000

function isNotice(event: MessageEvent): boolean {
  return noticeEvents.some((name) => name === event)
}

/** A message of one event, as if it were sent at `now`. */
export function sampleMessage(event: MessageEvent, locale: LocaleName, now: Date): Message {
  const isPhone = event.startsWith('phone')
  return {
    id: `preview-${event}`,
    event,
    to: isPhone ? { type: 'phone', value: '+351912345678' } : { type: 'email', value: 'ada@example.com' },
    user: { id: 'preview', name: null },
    locale,
    ...(!isNotice(event) && { code: '730518', expiresAt: new Date(now.getTime() + 10 * minutes) }),
    ...(!isNotice(event) &&
      !isPhone && {
        link: 'https://app.example/auth/magic-link/callback?token=made-up-and-opens-nothing',
        token: 'made-up-and-opens-nothing',
      }),
  }
}
