/** Its statements. Setting a question locks the user, so that a first proof never misses the row. */

import { audit, now, planting, prepare } from '../../../src/features/kit.js'
import type { Runner, Tables } from '../../../src/features/kit.js'

/** The statements of security questions. */
export interface SecurityQuestionStatements {
  /** False if the user is gone, disabled, or ended all sessions after the sign-in. */
  set(
    userId: string,
    row: { readonly question: string; readonly answerHash: Uint8Array; readonly provenAt: Date | null },
  ): Promise<boolean>
  get(userId: string): Promise<{ readonly question: string; readonly answerHash: string } | null>
}

/** Prepares them. */
export function prepareSecurityQuestion(t: Tables): (runner: Runner) => SecurityQuestionStatements {
  const table = t.of('security_questions')
  const set = prepare(
    'security_question_set',
    `with ${planting(t, { userId: '$1::uuid', provenAt: '$4' })},
      stored as (
        insert into ${table} as held (user_id, question, answer_hash, created_at)
        select id, $2::text, $3::bytea, ${now} from planted
        on conflict (user_id) do update
          set question = excluded.question, answer_hash = excluded.answer_hash, created_at = excluded.created_at
        returning user_id
      ),
      notices as (
        insert into ${t.outbox} (id, user_id, event, to_type, to_value, due_at, created_at)
        select gen_random_uuid(), i.user_id, 'security_question_set', i.type, i.value, ${now}, ${now}
        from stored s join ${t.identities} i on i.user_id = s.user_id and i.verified_at is not null
        returning id
      ),
      logged as (
        ${audit(t, { event: 'security_question.set', from: 'stored', user: 'user_id' })}
      )
      select user_id from stored`,
  )
  const get = prepare(
    'security_question_get',
    `select question, encode(answer_hash, 'hex') as answer_hash from ${table} where user_id = $1::uuid`,
  )
  return (runner) => ({
    async set(userId, { question, answerHash, provenAt }) {
      return (await runner.row(set, [userId, question, answerHash, provenAt])) !== undefined
    },
    async get(userId) {
      const row = await runner.row(get, [userId])
      return row === undefined
        ? null
        : { question: row['question'] as string, answerHash: row['answer_hash'] as string }
    },
  })
}
