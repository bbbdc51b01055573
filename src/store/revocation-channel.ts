/**
 * The revocation channel on PostgreSQL: NOTIFY inside the statements of the changes, and LISTEN.
 *
 * Invariant: PostgreSQL delivers in commit order, so a node that receives a later signal has received every
 * earlier one.
 */

import type { RevocationChannel } from '../core/index.js'
import type { Database } from './queryable.js'
import type { Runner } from './runner.js'
import type { Tables } from './statement.js'
import { prepare } from './statement.js'

/** The channel of one schema. */
export function createRevocationChannel(
  runner: Runner,
  tables: Tables,
  database: Database,
): RevocationChannel {
  const publish = prepare(
    'revocation_publish',
    `select pg_notify('${tables.revocations}', $1::text)::text as told`,
  )
  return {
    inCommit: true,
    async publish(signal) {
      await runner.row(publish, [signal])
    },
    subscribe: (onSignal) => database.listen(tables.revocations, onSignal),
    renew: () => database.relisten?.(),
  }
}
