// The pool that all systems get, with the time-outs of production.
import pg from 'pg'

/** Connections at most, as `pg` and latchkey have by default. */
export const poolSize = 10

/** Opens one. */
export function openPool(url) {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 10_000,
    idle_in_transaction_session_timeout: 60_000,
    keepAlive: true,
  })
  pool.on('error', () => undefined)
  return pool
}
