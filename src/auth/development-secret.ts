/** The secret of development: made once and kept beside the data, readable by its owner alone. */

import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/** The secret in this file, which is made when it is missing; a fresh one where there is no file. */
export async function developmentSecret(file: string | null): Promise<string> {
  const fresh = randomBytes(48).toString('base64')
  if (file === null) return fresh
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  try {
    await writeFile(file, `${fresh}\n`, { flag: 'wx', mode: 0o600 })
    return fresh
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'EEXIST') throw error
    return (await readFile(file, 'utf8')).trim()
  }
}
