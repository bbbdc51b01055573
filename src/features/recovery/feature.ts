/** Recovery: a person who controls a verified email address sets a new password. */

import { defineFeature } from '../feature.js'
import { messages } from './messages.js'
import { createRecovery } from './operations.js'
import { prepareRecovery } from './statements.js'

declare module '../../core/open-interfaces.js' {
  interface Purposes {
    readonly recovery: true
  }
  interface FeatureEvents {
    readonly 'recovery.requested': true
    readonly 'account.recovered': true
  }
  interface FeatureNotices {
    readonly account_recovered: true
  }
}

export const recovery = defineFeature({
  id: 'recovery',
  purposes: {
    recovery: {
      fits: ['email'],
      only: 'proven',
      proves: false,
      renews: { event: 'account.recovered', notice: 'account_recovered' },
      link: 'recovery/callback',
    },
  },
  events: {
    'recovery.requested': 'Someone asked to reset the password of a verified address.',
    'account.recovered': 'A person who controls a verified address took the account back.',
  },
  notices: ['account_recovered'],
  messages,
  statements: prepareRecovery,
  accounts: createRecovery,
  segments: ['recovery', 'forgot-password', 'reset-password'],
  pages: ['forgot-password', 'reset-password'],
  isServed: ({ strategies }) => strategies.some(({ id }) => id === 'password'),
  web: async () => (await import('./web.js')).web,
})
