/** The development secret: generated once and stored beside the data, readable only by its owner. */

import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Reads the secret from this file, or generates it. Without a file, every start generates a new one. */
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
