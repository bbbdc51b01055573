// The pool of all systems, with production timeouts.
import pg from 'pg'

/** The maximum number of connections, the default of `pg` and latchkey. */
export const poolSize = 10

/** Opens a pool. */
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
