// A process on an embedded database. argv: the directory, and `keep` to go on inserting until it is killed or `close`
// to close and end by itself. Prints the number of each row once it is acknowledged.
import { openPglite } from '../../../dist/store/pglite.js'

const [dataDir, plan] = process.argv.slice(2)
const database = await openPglite({ dataDir })
await database.query({ text: 'create table if not exists things (id integer primary key)', values: [] })
await database.listen('channel', () => undefined)
for (let id = 1; plan === 'keep' || id <= 3; id++) {
  await database.query({ text: 'insert into things values ($1)', values: [id] })
  process.stdout.write(`${id}\n`)
}
await database.close()
process.stdin.destroy()
