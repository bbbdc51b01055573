/**
 * Common passwords: the shipped list, the operator's own, simple patterns, and, when configured, the online
 * range check.
 *
 * Invariants: (1) a password is compared as it is and with common variations undone; (2) files are read once,
 * on first use; (3) it never throws: if a list or the service is not available, the others are still checked.
 */

import { statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { ConfigError, loadOnce } from '../base/index.js'
import type { PasswordBlocklist } from '../core/index.js'
import { foldPassword, toComparedForm } from '../core/index.js'
import { readBloomFilter } from './bloom.js'
import { isPattern } from './patterns.js'
import { createRangeCheck } from './range-check.js'
import type { RangeCheckOptions } from './range-check.js'

/** The lists to check in addition to the shipped one. */
export interface BlocklistOptions {
  /** A text file of the operator's, one password per line. */
  readonly file?: string | undefined
  readonly breached?: RangeCheckOptions | undefined
  /** Called when a list or the service is not available. */
  readonly onFault?: ((error: unknown) => void) | undefined
}

const shippedFile = new URL('../../data/common-passwords.bloom', import.meta.url)

type Lookup = (text: string) => boolean

const leastWord = 4
// More digits and signs than this make a password acceptable, unless they are a pattern themselves.
const longestAffix = 8
const longestPair = 24
const lettersAlone = /^\p{L}+$/u

// A pattern contains no spaces.
function isTried(password: string, isListed: Lookup): boolean {
  const isSpaced = /\s/.test(password)
  return foldPassword(password).some(({ word, affix }) => {
    if (!isSpaced && isPattern(word) && (word.length >= leastWord || isPattern(affix))) return true
    if (word.length < leastWord || (affix.length > longestAffix && !isPattern(affix))) return false
    return isListed(word) || isTwo(word, isListed)
  })
}

function isTwo(text: string, isListed: Lookup): boolean {
  if (text.length > longestPair || !lettersAlone.test(text)) return false
  for (let place = leastWord; place <= text.length - leastWord; place++) {
    if (isListed(text.slice(0, place)) && isListed(text.slice(place))) return true
  }
  return false
}

async function readShipped(): Promise<Lookup> {
  return readBloomFilter(await readFile(shippedFile)).has
}

async function readOwn(file: string): Promise<Lookup> {
  const text = (await readFile(file, 'utf8')).replace(/^\ufeff/, '')
  const lines = text.split(/\r?\n/).filter((line) => line !== '')
  const entries = new Set(lines.map(toComparedForm))
  return (password) => entries.has(password)
}

const knowsNothing: Lookup = () => false

// Reads on first use, and again after a fault.
function lazily(read: () => Promise<Lookup>, onFault: (error: unknown) => void): () => Promise<Lookup> {
  const load = loadOnce(read)
  return () =>
    load().catch((error: unknown) => {
      onFault(error)
      return knowsNothing
    })
}

function isFile(path: string): boolean {
  try {
    return !statSync(path).isDirectory()
  } catch {
    return false
  }
}

/** @throws ConfigError when the operator's file does not exist */
export function createBlocklist(options: BlocklistOptions = {}): PasswordBlocklist {
  const { file, breached, onFault = () => undefined } = options
  if (file !== undefined && !isFile(file)) {
    throw new ConfigError([`password.blocklist: the file ${file} does not exist.`])
  }
  const loadShipped = lazily(readShipped, onFault)
  const loadOwn = file === undefined ? undefined : lazily(() => readOwn(file), onFault)
  const isBreached = breached === undefined ? undefined : createRangeCheck(breached, onFault)

  return {
    async includes(password) {
      if (isTried(password, await loadShipped())) return true
      return loadOwn !== undefined && isTried(password, await loadOwn())
    },

    isBreached: async (password) => isBreached !== undefined && isBreached(password),
  }
}
