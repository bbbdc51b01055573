/** A kit on a fresh engine, closed when the file is done. */

import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll } from 'vitest'
import type { AuthOptions } from '../../src/index.js'
import type { Kit } from '../../src/testing/suite/case.js'
import { createKit } from '../../src/testing/suite/case.js'
import type { OpenedAuth } from './engines.js'

/** A kit with the URL of its server, where there is one. */
export type UrlKit = Kit & { readonly url: string }

/** Opens one engine for the surrounding `describe`; call what it returns inside of tests. */
export function useKit(
  open: (options?: AuthOptions) => Promise<OpenedAuth>,
  options?: AuthOptions,
): () => UrlKit {
  let kit: UrlKit | undefined
  beforeAll(async () => {
    const opened = await open(options)
    kit = { ...createKit(opened, randomUUID().slice(0, 8)), url: opened.url ?? '' }
  })
  afterAll(async () => kit?.auth.close())
  return () => {
    if (kit === undefined) throw new Error('The engine opens before the first test, not before the file.')
    return kit
  }
}
