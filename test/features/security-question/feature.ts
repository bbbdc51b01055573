/** A feature of a host: a question whose answer only its owner knows. It has one of each part. */

import { defineFeature } from '../../../src/features/kit.js'
import { messages } from './messages.js'
import { createSecurityQuestion } from './operations.js'
import { prepareSecurityQuestion } from './statements.js'

declare module '../../../src/core/open-interfaces.js' {
  interface FeatureEvents {
    readonly 'security_question.set': true
  }
  interface FeatureNotices {
    readonly security_question_set: true
  }
}

declare module '../../../src/base/limit-names.js' {
  interface Limits {
    /** Answers of one session. */
    securityAnswer: true
  }
}

/** The feature. Its rows keep an account, so that the test can show that the sweep asks. */
export const securityQuestion = defineFeature({
  id: 'security-question',
  migrations: [
    `create table security_questions (
      user_id uuid not null references users on delete cascade,
      question text not null,
      answer_hash bytea not null,
      created_at timestamptz not null,
      constraint security_questions_pkey primary key (user_id)
    )`,
  ],
  tables: { security_questions: { user: 'user_id', plantedAt: 'created_at', keepsUser: true } },
  events: { 'security_question.set': 'A security question was set.' },
  notices: ['security_question_set'],
  messages,
  limits: { securityAnswer: { limit: 3, window: '15m', counts: 'misses' } },
  statements: prepareSecurityQuestion,
  operations: createSecurityQuestion,
  segments: ['security-question'],
  web: async () => (await import('./web.js')).web,
})
