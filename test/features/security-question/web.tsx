/** Its route, and its section of the page `account`. */

import * as z from 'zod'
import { accountSection, defineRoute, Section, statusSchema, text } from '../../../src/features/web-kit.js'
import type { RequestContext } from '../../../src/features/web-kit.js'
import type { FeatureWeb } from '../../../src/features/kit.js'
import type { SecurityQuestions } from './operations.js'

const operationsOf = ({ features }: RequestContext): SecurityQuestions =>
  features['securityQuestion'] as SecurityQuestions

const section = accountSection({
  id: 'security-question',
  order: 50,
  load: async (context) => operationsOf(context).get((await context.requireScope()).user),
  render: (_, question) =>
    question === null ? null : (
      <Section id="security-question" title="Security question">
        <p>{question}</p>
      </Section>
    ),
})

export const web: FeatureWeb = {
  routes: [
    defineRoute({
      id: 'security-question.set',
      method: 'PUT',
      path: '/security-question',
      access: 'session',
      summary: 'Set a security question',
      input: z.object({ question: text(200), answer: text(200) }),
      answers: { 200: { description: 'The question is set.', schema: statusSchema('set') } },
      async handle(context, input) {
        const { user, session } = await context.requireScope()
        await operationsOf(context).set(user, { ...input, provenAt: session.authenticatedAt })
        return { status: 200, body: { status: 'set' } }
      },
    }),
    defineRoute({
      id: 'security-question.check',
      method: 'POST',
      path: '/security-question',
      access: 'session',
      summary: 'Answer the security question',
      input: z.object({ answer: text(200) }),
      answers: { 200: { description: 'The answer is right.', schema: statusSchema('right') } },
      async handle(context, { answer }) {
        const { user, session } = await context.requireScope()
        const { limiter } = context.engine
        const attempt = await limiter.attempt(context.limited, {
          limit: 'securityAnswer',
          subject: session.id,
        })
        await attempt.judge(() => operationsOf(context).check(user, answer))
        return { status: 200, body: { status: 'right' } }
      },
    }),
  ],
  pages: { accountSections: [section] },
}
