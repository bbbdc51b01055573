// A process that migrates at the barrier. argv: URL, schema. Prints `ready`, then what it applied as JSON.
import { once } from 'node:events'
import { migrate } from '../../../dist/store/migrate.js'
import { openPostgres } from '../../../dist/store/postgres.js'

const [url, schema] = process.argv.slice(2)
const database = await openPostgres(url)
await database.query({ text: 'select 1', values: [] })
process.stdout.write('ready\n')
await once(process.stdin, 'data')
const applied = await migrate(database, schema)
process.stdout.write(`${JSON.stringify(applied)}\n`)
await database.close()
process.stdin.destroy()
