/** Change of address: a proven new address replaces the old one of its type. */

import { defineFeature } from '../feature.js'
import { messages } from './messages.js'

declare module '../../core/open-interfaces.js' {
  interface Purposes {
    readonly email_change: true
    readonly phone_change: true
  }
  interface FeatureNotices {
    readonly email_changed: true
    readonly phone_changed: true
  }
}

export const emailChange = defineFeature({
  id: 'email-change',
  purposes: {
    email_change: {
      fits: ['email'],
      only: 'unproven',
      replaces: { notice: 'email_changed' },
      link: 'email-change/callback',
    },
    phone_change: { fits: ['phone'], only: 'unproven', replaces: { notice: 'phone_changed' } },
  },
  notices: ['email_changed', 'phone_changed'],
  messages,
  segments: ['email-change'],
  web: async () => (await import('./web.js')).web,
})
