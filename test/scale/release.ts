/** The next release: a copy of the build with one migration more, which adds a column and an index. */

import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

interface Generated {
  readonly migrations: readonly { readonly id: number }[]
  readonly schema: Readonly<Record<string, string>>
}

const root = fileURLToPath(new URL('../../', import.meta.url))
const generated = 'dist/store/migrations/generated.js'

/** Makes it. `main` is its command. */
export async function makeNextRelease(): Promise<{ main: string; remove(): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-next-'))
  cpSync(join(root, 'dist'), join(folder, 'dist'), { recursive: true })
  for (const name of ['package.json', 'node_modules', 'data'])
    symlinkSync(join(root, name), join(folder, name))
  const current = (await import(join(root, generated))) as Generated
  const next = {
    id: Math.max(...current.migrations.map(({ id }) => id)) + 1,
    name: '9999_next',
    checksum: 'of the next release',
    sql: 'alter table users add column nickname text; create index users_nickname_idx on users (nickname)',
  }
  const schema = {
    ...current.schema,
    'column users.nickname': 'text',
    'index users.users_nickname_idx': 'CREATE INDEX users_nickname_idx ON users USING btree (nickname)',
  }
  const text = `export const migrations = ${JSON.stringify([...current.migrations, next])}\nexport const schema = ${JSON.stringify(schema)}\n`
  writeFileSync(join(folder, generated), text)
  return {
    main: join(folder, 'dist/cli/main.js'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
