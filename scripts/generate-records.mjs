// Generates the readers of rows, the writers of JSON and the copies of the session cache from the
// descriptions in src/base/records. With --check, it fails if one of them is out of date.
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { transform } from 'esbuild'
import { copies, readers, writers } from './record-sources.mjs'

const source = fileURLToPath(new URL('../src/', import.meta.url))

async function fieldsOf(record) {
  const text = await readFile(`${source}base/records/${record}.ts`, 'utf8')
  const { code } = await transform(text, { loader: 'ts', format: 'esm' })
  const described = await import(`data:text/javascript,${encodeURIComponent(code)}`)
  return described[`${record}Fields`]
}

const [user, identity, session] = await Promise.all(['user', 'identity', 'session'].map(fieldsOf))
const wanted = new Map([
  ['store/generated.ts', readers({ user, identity, session })],
  ['http/generated.ts', writers({ user, session })],
  ['session-cache/generated.ts', copies({ user, session })],
])
let stale = 0
for (const [name, text] of wanted) {
  if ((await readFile(source + name, 'utf8').catch(() => '')) === text) continue
  stale++
  if (process.argv.includes('--check'))
    console.error(`src/${name} is not current: run node scripts/generate-records.mjs`)
  else await writeFile(source + name, text)
}
if (stale > 0 && process.argv.includes('--check')) process.exitCode = 1
