/**
 * Passwords that everybody tries first: the shipped list, the operator's own, simple patterns, and, when configured,
 * the online range check.
 *
 * Invariants: (1) the whole password is compared, in NFC and without letter case; (2) files are read once, at the
 * first question; (3) it never throws: what can't be asked is not refused, and the other lists are still asked.
 */

import { statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { ConfigError, loadOnce } from '../base/index.js'
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
  readonly onFault?: ((error: unknown) => void) | undefined
}

const shippedFile = new URL('../../data/common-passwords.bloom', import.meta.url)

function toComparedForm(text: string): string {
  return text.normalize('NFC').toLowerCase()
}

type Lookup = (text: string) => boolean

async function readShipped(): Promise<Lookup> {
  return readBloomFilter(await readFile(shippedFile)).has
}

async function readOwn(file: string): Promise<Lookup> {
  const text = (await readFile(file, 'utf8')).replace(/^\ufeff/, '')
  const lines = text.split(/\r?\n/).filter((line) => line !== '')
  const entries = new Set(lines.map(toComparedForm))
  return (password) => entries.has(password)
}

// Reads at the first question, and again after a fault.
function lazily(read: () => Promise<Lookup>, onFault: (error: unknown) => void) {
  const load = loadOnce(read)
  return async (text: string): Promise<boolean> => {
    try {
      return (await load())(text)
    } catch (error) {
      onFault(error)
      return false
    }
  }
}

function isFile(path: string): boolean {
  try {
    return !statSync(path).isDirectory()
  } catch {
    return false
  }
}

/** @throws ConfigError where the operator's file does not exist */
export function createBlocklist(options: BlocklistOptions = {}): PasswordBlocklist {
  const { file, breached, onFault = () => undefined } = options
  if (file !== undefined && !isFile(file)) {
    throw new ConfigError([`password.blocklist: there is no file ${file}.`])
  }
  const isShipped = lazily(readShipped, onFault)
  const isOwn = file === undefined ? undefined : lazily(() => readOwn(file), onFault)
  const isBreached = breached === undefined ? undefined : createRangeCheck(breached, onFault)

  return {
    async includes(password) {
      const text = toComparedForm(password)
      if (isPattern(text) || (await isShipped(text))) return true
      return isOwn !== undefined && isOwn(text)
    },

    isBreached: async (password) => isBreached !== undefined && isBreached(password),
  }
}
