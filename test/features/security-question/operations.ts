/** Its operations, under `auth.securityQuestion`. */

import { createHash } from 'node:crypto'
import { AuthError } from '../../../src/features/kit.js'
import type { Context } from '../../../src/features/kit.js'
import type { SecurityQuestionStatements } from './statements.js'

/** What a host finds under `auth.securityQuestion`. */
export interface SecurityQuestions {
  /**
   * Sets the question and its answer. `provenAt` is the time of the sign-in that allows it.
   * @throws AuthError `not_found`
   */
  set(
    user: { readonly id: string },
    attrs: { readonly question: string; readonly answer: string; readonly provenAt?: Date },
  ): Promise<void>
  /** The question of a user, or null. */
  get(user: { readonly id: string }): Promise<string | null>
  /** Whether this is the answer. @throws AuthError `invalid_token` if it is not */
  check(user: { readonly id: string }, answer: string): Promise<void>
}

const hashOf = (answer: string): Buffer => createHash('sha256').update(answer.toLowerCase()).digest()

/** Creates them. */
export function createSecurityQuestion(
  { announcer }: Context,
  statements: SecurityQuestionStatements,
): SecurityQuestions {
  return {
    async set({ id }, { question, answer, provenAt = null }) {
      const row = { question, answerHash: hashOf(answer), provenAt }
      if (!(await statements.set(id, row))) throw new AuthError('not_found')
      announcer.queued()
    },
    async get({ id }) {
      return (await statements.get(id))?.question ?? null
    },
    async check({ id }, answer) {
      const held = await statements.get(id)
      if (held?.answerHash !== hashOf(answer).toString('hex')) throw new AuthError('invalid_token')
    },
  }
}
