/** What is told and what is at rest, as texts in which secrets are looked for. */

import { spawnSync } from 'node:child_process'
import { inspect } from 'node:util'
import type { Logger } from '../../src/index.js'

/** A logger that keeps everything that it is told. */
export function createRecorder() {
  const lines: string[] = []
  const log = (fields: unknown, message: string): void =>
    void lines.push(`${inspect(fields, { depth: 9 })} ${message}`)
  const logger: Logger = { debug: log, info: log, warn: log, error: log }
  return { lines, logger }
}

/** Every row of every table as text, bytes in hex and in base64. */
export async function dump(
  query: (text: string) => Promise<{ rows: Record<string, unknown>[] }>,
): Promise<string> {
  const { rows } = await query(`select tablename from pg_tables where schemaname = 'latchkey'`)
  const parts: string[] = []
  for (const { tablename } of rows) {
    const table = await query(`select * from latchkey."${String(tablename)}"`)
    for (const value of table.rows.flatMap((row) => Object.values(row))) {
      if (value instanceof Uint8Array)
        parts.push(
          Buffer.from(value).toString('hex'),
          Buffer.from(value).toString('base64'),
          Buffer.from(value).toString('latin1'),
        )
      else parts.push(JSON.stringify(value) ?? '')
    }
  }
  return parts.join('\n')
}

/** The same by `pg_dump`, or nothing where that is not there. */
export function dumpWithTool(url: string): string {
  const dumped = spawnSync('pg_dump', ['--dbname', url, '--inserts'], { encoding: 'utf8', maxBuffer: 1e9 })
  if (dumped.error !== undefined)
    process.stderr.write('skipped: there is no pg_dump here; every table is read instead\n')
  return dumped.stdout ?? ''
}

/** Whether the text holds the secret. Six digits stand in many a longer number; as a word they would be the code. */
export function holds(text: string, secret: string): boolean {
  if (!/^[0-9]{6}$/.test(secret)) return text.includes(secret)
  return new RegExp(`(?<![0-9a-zA-Z.+/=-])${secret}(?![0-9a-zA-Z+/=-])`).test(text)
}
