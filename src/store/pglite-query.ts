/**
 * Runs our statements on PGlite, which takes text and values separately and has no named prepared statements.
 */

import type { Row, Statement } from './queryable.js'

interface ResultsLike {
  readonly rows: unknown[]
}

/** The methods of a PGlite transaction that we call. */
export interface PgliteTransactionLike {
  query(text: string, values?: unknown[]): Promise<ResultsLike>
  exec(script: string): Promise<unknown>
}

/** Runs our statements on a PGlite instance or transaction. */
export function pgliteQuery(handle: PgliteTransactionLike) {
  return async ({ text, values }: Statement): Promise<{ rows: Row[] }> => {
    const { rows } = await handle.query(text, values as unknown[])
    return { rows: rows as Row[] }
  }
}
