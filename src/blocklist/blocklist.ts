/**
 * Passwords that everybody tries first: the shipped list, the operator's own, simple patterns, and, when configured,
 * the online range check.
 *
 * Invariants: (1) the whole password is compared, in NFC and without letter case; (2) files are read once, at the
 * first question; (3) it never throws: what can't be asked is not refused.
 */

import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { ConfigError } from '../base/index.js'
import type { PasswordBlocklist } from '../core/index.js'
import { readBloomFilter } from './bloom.js'
import { isPattern } from './patterns.js'
import { createRangeCheck } from './range-check.js'
import type { RangeCheckOptions } from './range-check.js'

/** What is refused beside the shipped list. */
export interface BlocklistOptions {
  /** A text file of the operator's, one password a line. */
  readonly file?: string | undefined
  readonly breached?: RangeCheckOptions | undefined
  /** Told what could not be asked. */
  readonly onFault: (error: unknown) => void
}

const shippedFile = new URL('../../data/common-passwords.bloom', import.meta.url)

function toComparedForm(text: string): string {
  return text.normalize('NFC').toLowerCase()
}

async function readOwn(file: string): Promise<ReadonlySet<string>> {
  const lines = (await readFile(file, 'utf8')).split(/\r?\n/)
  return new Set(lines.filter((line) => line !== '').map(toComparedForm))
}

/** @throws ConfigError where the operator's file does not exist */
export function createBlocklist(options: BlocklistOptions): PasswordBlocklist {
  const { file, breached, onFault } = options
  if (file !== undefined && !existsSync(file)) {
    throw new ConfigError([`password.blocklist: there is no file ${file}.`])
  }
  const isBreached = breached === undefined ? undefined : createRangeCheck(breached, onFault)
  let reading: Promise<(text: string) => boolean> | undefined

  async function read(): Promise<(text: string) => boolean> {
    const shipped = readBloomFilter(await readFile(shippedFile))
    const own = file === undefined ? new Set<string>() : await readOwn(file)
    return (text) => own.has(text) || shipped.has(text)
  }

  async function isListed(text: string): Promise<boolean> {
    try {
      return (await (reading ??= read()))(text)
    } catch (error) {
      reading = undefined
      onFault(error)
      return false
    }
  }

  return {
    async includes(password) {
      const text = toComparedForm(password)
      if (isPattern(text) || (await isListed(text))) return true
      return isBreached !== undefined && isBreached(password)
    },
  }
}
