/** The notice of the feature in every locale. */

import type { FeatureMessage } from '../../../src/features/kit.js'

const inEnglish = {
  subject: 'Your security question was set',
  reason: 'The security question of your {app} account was set.',
}

export const messages = {
  security_question_set: {
    title: 'Security question set',
    texts: {
      en: inEnglish,
      pt: inEnglish,
      es: inEnglish,
      fr: inEnglish,
      ja: inEnglish,
      de: {
        subject: 'Ihre Sicherheitsfrage wurde gesetzt',
        reason: 'Die Sicherheitsfrage Ihres Kontos bei {app} wurde gesetzt.',
      },
    },
  },
} satisfies Readonly<Record<string, FeatureMessage>>
