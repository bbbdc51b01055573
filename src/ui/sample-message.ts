/** Messages with made-up secrets, for the previews in development. */

import type { Message, MessageEvent, MessageTexts } from '../core/index.js'
import type { LocaleName } from './texts/texts.js'

const minutes = 60_000

/** What a preview shows. */
export interface Sample {
  readonly event: MessageEvent
  /** Whether it has no secret. */
  readonly isNotice: boolean
  readonly texts: MessageTexts | undefined
}

/** A message of one event, as if it were sent at `now`. */
export function sampleMessage({ event, isNotice, texts }: Sample, locale: LocaleName, now: Date): Message {
  const isPhone = event.startsWith('phone')
  return {
    id: `preview-${event}`,
    event,
    to: isPhone ? { type: 'phone', value: '+351912345678' } : { type: 'email', value: 'ada@example.com' },
    user: { id: 'preview', name: null },
    locale,
    ...(texts !== undefined && { texts }),
    ...(!isNotice && { code: '730518', expiresAt: new Date(now.getTime() + 10 * minutes) }),
    ...(!isNotice &&
      !isPhone && {
        link: 'https://app.example/auth/magic-link/callback?token=made-up-and-opens-nothing',
        token: 'made-up-and-opens-nothing',
      }),
  }
}
