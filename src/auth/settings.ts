/**
 * Reads the options once into a frozen `Settings` in which nothing is optional and all durations are
 * milliseconds.
 *
 * Invariants: (1) all problems are reported together, each with its fix; (2) the caller's object is never
 * changed; (3) an unknown key is an error, because a misspelled limit would not limit anything.
 */

import { availableParallelism } from 'node:os'
import { ConfigError, parseDuration, silentLogger } from '../base/index.js'
import type { Logger } from '../base/index.js'
import { createCodeLengths } from '../core/index.js'
import type { CodeLengths, CoreSettings, RevocationChannel, Sender, SessionBackend } from '../core/index.js'
import { features as shipped, foldFeatures } from '../features/index.js'
import type { Feature, Folded } from '../features/index.js'
import { readLimits } from '../http/limit-table.js'
import type { Handler, LimitTable } from '../http/index.js'
import { optionDefaults } from './options.js'
import type { AuthOptions, DatabaseOption, OptionName } from './options.js'
import type { StoreSettings } from '../store/index.js'
import { readFeatures } from './settings-features.js'
import { readOrigins, readStrategies } from './settings-http.js'
import { readPlace, whyProduction } from './settings-place.js'
import type { Development } from './settings-place.js'
import type { Strategy } from '../strategies/index.js'
import type { PagesSettings } from '../ui/index.js'
import { readPagesOptions } from '../ui/options.js'

/** The complete configuration. */
export interface Settings extends CoreSettings, StoreSettings {
  readonly production: boolean
  /** The features, and the lists that they add to. */
  readonly features: readonly Feature[]
  readonly folded: Folded
  readonly development: Development
  readonly database: DatabaseOption | undefined
  readonly migrate: boolean | undefined
  readonly secrets: readonly string[] | undefined
  readonly baseUrl: string
  readonly basePath: string
  readonly sender: Sender | undefined
  readonly logger: Logger
  readonly openapi: boolean
  readonly docs: boolean
  readonly metrics: boolean
  readonly strategies: readonly Strategy[]
  readonly handler: Handler
  readonly trustedProxies: number
  readonly allowedOrigins: readonly string[]
  readonly tokenTransport: 'cookie' | 'bearer'
  readonly limits: LimitTable
  readonly pages: PagesSettings
  readonly sessionBackend: SessionBackend | undefined
  readonly hashing: { readonly concurrency: number; readonly queue: number }
  readonly blocklist: {
    readonly file: string | undefined
    readonly breached: { readonly url?: string; readonly timeoutMs?: number } | undefined
  }
  /** Null if sessions are not cached. */
  readonly sessionCache: {
    readonly maxLagMs: number
    readonly maxEntries: number
    readonly channel: RevocationChannel | undefined
  } | null
  readonly outbox: { readonly worker: boolean; readonly maxAttempts: number }
  readonly sweep: CoreSettings['sweep'] & { readonly everyMs: number | null }
}

const leastSecretBytes = 32

/** Reads values and collects their problems. */
function createReader(options: Record<string, unknown>, faults: string[]) {
  function value(name: OptionName): unknown {
    const [first, second] = name.split('.') as [string, string | undefined]
    const group = options[first]
    const found = second === undefined ? group : (group as Record<string, unknown> | undefined)?.[second]
    return found === undefined ? optionDefaults[name] : found
  }

  return {
    value,

    durationMs(name: OptionName): number {
      const ms = parseDuration(value(name))
      if (ms === null) faults.push(`${name}: write a duration such as '15m', '12h' or '30d'.`)
      return ms ?? 0
    },

    count(name: OptionName, least: number, most: number): number {
      const count = value(name)
      if (Number.isInteger(count) && (count as number) >= least && (count as number) <= most)
        return count as number
      faults.push(`${name}: give a whole number from ${least} to ${most}.`)
      return least
    },

    oneOf<T extends string>(name: OptionName, values: readonly [T, ...T[]]): T {
      const found = values.find((each) => each === value(name))
      if (found === undefined) faults.push(`${name}: give ${values.map((each) => `'${each}'`).join(' or ')}.`)
      return found ?? values[0]
    },

    flag(name: OptionName): boolean {
      const flag = value(name)
      if (typeof flag !== 'boolean') faults.push(`${name}: give true or false.`)
      return flag === true
    },
  }
}

type Reader = ReturnType<typeof createReader>

// A removed option is an error that names its replacement.
const removedOptions: Readonly<Record<string, string>> = {
  'verification.maxMissesPerDay':
    'this option was removed because it let a stranger lock out an address. Wrong attempts now make codes longer; see verification.lengthenAfter.',
}

function findUnknown(options: Record<string, unknown>): string[] {
  const names = Object.keys(optionDefaults)
  return Object.entries(options).flatMap(([key, group]) => {
    const inner = names.filter((name) => name.startsWith(`${key}.`)).map((name) => name.slice(key.length + 1))
    if (inner.length === 0) return names.includes(key) ? [] : [`${key}: there is no such option.`]
    if (group === undefined) return []
    if (typeof group !== 'object' || group === null) return [`${key}: give an object.`]
    return Object.keys(group)
      .filter((name) => !inner.includes(name))
      .map((name) => `${key}.${name}: ${removedOptions[`${key}.${name}`] ?? 'there is no such option.'}`)
  })
}

function readSecrets(value: unknown, production: boolean, faults: string[]): readonly string[] | undefined {
  if (value === null) {
    if (production)
      faults.push('secret: give a random string of 32 bytes or more; it is required in production.')
    return undefined
  }
  const secrets: unknown[] = Array.isArray(value) ? value : [value]
  const good = secrets.every(
    (secret) => typeof secret === 'string' && Buffer.byteLength(secret) >= leastSecretBytes,
  )
  if (!good || secrets.length === 0) {
    faults.push(
      'secret: each must be a string of at least 32 bytes, such as the output of `openssl rand -base64 48`.',
    )
  }
  return secrets as string[]
}

function readBreached(value: unknown, faults: string[]): Settings['blocklist']['breached'] {
  if (value === false) return undefined
  if (value === true) return {}
  const { url, timeout } = (value ?? {}) as { url?: unknown; timeout?: unknown }
  const timeoutMs = timeout === undefined ? undefined : parseDuration(timeout)
  if (timeoutMs === null) faults.push("password.breached.timeout: write a duration such as '2s'.")
  if (url !== undefined && (typeof url !== 'string' || !URL.canParse(url))) {
    faults.push('password.breached.url: give the base URL of a range service.')
  }
  return {
    ...(typeof url === 'string' && { url }),
    ...(typeof timeoutMs === 'number' && { timeoutMs }),
  }
}

// The product's name is the first word that people build a password from.
function withProductName(
  password: Settings['password'],
  { pages }: Pick<AuthOptions, 'pages'>,
): Settings['password'] {
  const name: unknown = pages?.brand?.name
  return typeof name === 'string' ? { ...password, context: [...password.context, name] } : password
}

function readPassword(reader: Reader, faults: string[]) {
  const context = reader.value('password.context')
  const words = Array.isArray(context) && context.every((word) => typeof word === 'string')
  if (!words) faults.push("password.context: give a list of words, such as ['Product'].")
  const minLength = reader.count('password.minLength', 8, 128)
  const maxLength = reader.count('password.maxLength', 64, 4096)
  if (minLength > maxLength) faults.push('password.maxLength: it must not be below password.minLength.')
  return { minLength, maxLength, context: words ? [...context] : [] }
}

function readRequired(value: unknown, check: { name: string; methods: readonly string[] }, faults: string[]) {
  if (value === null) return undefined
  const fits = check.methods.every(
    (method) => typeof (value as Record<string, unknown>)[method] === 'function',
  )
  const [first, ...others] = check.methods.map((method) => `\`${method}\``)
  const last = others.pop()
  const named =
    last === undefined ? `method ${first}` : `methods ${[first, ...others].join(', ')} and ${last}`
  if (!fits) faults.push(`${check.name}: it must have the ${named}.`)
  return value
}

const maxMisses = 100

function readCodeLengths(reader: Reader, faults: string[]): CodeLengths {
  const codeLength = reader.count('verification.codeLength', 6, 10)
  const given: unknown = reader.value('verification.lengthenAfter')
  const numbers: unknown[] = Array.isArray(given) ? given : []
  const good = numbers.every(
    (each, index) =>
      Number.isInteger(each) &&
      (each as number) <= maxMisses &&
      (each as number) > Number(numbers[index - 1] ?? 0),
  )
  if (!good || numbers.length < 1 || numbers.length > 2) {
    faults.push(
      `verification.lengthenAfter: give one or two whole numbers from 1 to ${maxMisses}, the smaller first, such as [5, 10].`,
    )
    return createCodeLengths(codeLength, optionDefaults['verification.lengthenAfter'])
  }
  return createCodeLengths(codeLength, numbers as number[])
}

function readContract(
  { openapi, docs }: AuthOptions,
  { production, reader }: { readonly production: boolean; readonly reader: Reader },
  faults: string[],
) {
  const served = openapi === undefined ? !production || docs === true : reader.flag('openapi')
  const shown = docs === undefined ? served && !production : reader.flag('docs')
  if (shown && !served) faults.push('docs: the page shows openapi.json, so it needs openapi: true.')
  return { openapi: served, docs: shown }
}

function readSession(reader: Reader, faults: string[]) {
  const idleMs = reader.durationMs('session.idle')
  const absoluteMs = reader.durationMs('session.absolute')
  if (idleMs > absoluteMs) faults.push('session.idle: it must not be longer than session.absolute.')
  const renewEveryMs = reader.durationMs('session.renewEvery')
  return { idleMs, absoluteMs, renewEveryMs, maxPerUser: reader.count('session.maxPerUser', 1, 1000) }
}

const dayMs = 86_400_000

function readAudit(reader: Reader, faults: string[]): Settings['audit'] {
  const keepMs = reader.value('audit.keep') === null ? null : reader.durationMs('audit.keep')
  const keepPersonalMs = reader.durationMs('audit.keepPersonal')
  if (keepMs !== null && keepMs < dayMs) faults.push("audit.keep: give '1d' or more, such as '400d'.")
  if (keepMs !== null && keepPersonalMs > keepMs)
    faults.push('audit.keepPersonal: it must not be longer than audit.keep.')
  return { keepMs, keepPersonalMs }
}

const shortestLagMs = 250
const longestLagMs = 300_000

function readSessionCache(reader: Reader, faults: string[]): Settings['sessionCache'] {
  const maxEntries = reader.count('sessionCache.maxEntries', 1, 10_000_000)
  const methods = ['publish', 'subscribe']
  const channel = reader.value('sessionCache.channel')
  const checked = readRequired(channel, { name: 'sessionCache.channel', methods }, faults)
  if (reader.value('sessionCache.maxLag') === null) return null
  const maxLagMs = reader.durationMs('sessionCache.maxLag')
  if (maxLagMs < shortestLagMs || maxLagMs > longestLagMs)
    faults.push("sessionCache.maxLag: give a duration from '250ms' to '5m'.")
  return { maxLagMs, maxEntries, channel: checked as RevocationChannel | undefined }
}

function readPath(reader: Reader, faults: string[]): string {
  const path = reader.value('basePath')
  const good = typeof path === 'string' && /^(?:\/[A-Za-z0-9_-]+)+$/.test(path)
  if (!good) faults.push("basePath: give a path such as '/auth', without a slash at its end.")
  return good ? path : '/auth'
}

function readSchema(reader: Reader, faults: string[]): string {
  const schema = reader.value('schema')
  const good = typeof schema === 'string' && /^[a-z_][a-z0-9_]{0,62}$/.test(schema)
  if (!good) faults.push('schema: give a name of lower-case letters, digits and _, such as latchkey.')
  return good ? schema : 'latchkey'
}

/** Reads the options. @throws ConfigError with every problem */
export function readSettings(options: AuthOptions): Settings {
  const faults = findUnknown(options as Record<string, unknown>)
  const { production, development, baseUrl } = readPlace(options, faults)
  const before = faults.length
  const reader = createReader(options as Record<string, unknown>, faults)
  if (production && options.database === undefined) {
    faults.push(
      'database: give a postgres:// URL. In production, an embedded database must be set explicitly.',
    )
  }
  if (production && options.sender === undefined) {
    faults.push(
      'sender: give one, such as smtp() from latchkey/delivery/smtp; there is no inbox in production.',
    )
  }
  if (production && options.sender?.developmentOnly === true) {
    faults.push('sender: this one displays secrets and is not available in production.')
  }
  const every = reader.value('sweep.every')
  const concurrency = reader.value('password.concurrency')
  const sessionBackend = readRequired(
    reader.value('sessions'),
    { name: 'sessions', methods: ['open'] },
    faults,
  ) as SessionBackend | undefined
  const features = [...shipped, ...readFeatures(options.features, faults)]
  const folded = foldFeatures(features)
  const settings: Settings = {
    production,
    features,
    folded,
    purposes: folded.purposes,
    featureTables: folded.tables,
    featureStatements: folded.statements,
    database: options.database,
    schema: readSchema(reader, faults),
    migrate: options.migrate === undefined ? undefined : reader.flag('migrate'),
    secrets: readSecrets(reader.value('secret'), production, faults),
    baseUrl,
    development,
    basePath: readPath(reader, faults),
    sender: readRequired(reader.value('sender'), { name: 'sender', methods: ['deliver'] }, faults) as
      Sender | undefined,
    logger: (readRequired(
      reader.value('logger'),
      { name: 'logger', methods: ['debug', 'info', 'warn', 'error'] },
      faults,
    ) ?? silentLogger) as Logger,
    ...readContract(options, { production, reader }, faults),
    metrics: reader.flag('metrics'),
    strategies: readStrategies(options, folded.segments, faults),
    handler: reader.value('handler') ?? {},
    trustedProxies: reader.count('trustedProxies', 0, 16),
    allowedOrigins: readOrigins(reader.value('allowedOrigins'), faults),
    tokenTransport: reader.oneOf('tokenTransport', ['cookie', 'bearer']),
    limits: readLimits(options.limits, faults, folded.limits),
    pages: readPagesOptions(options.pages, faults, folded.pages),
    session: readSession(reader, faults),
    sessionCache: readSessionCache(reader, faults),
    sessionBackend,
    sessionsElsewhere: sessionBackend !== undefined,
    password: withProductName(readPassword(reader, faults), options),
    hashing: {
      concurrency:
        concurrency === null ? availableParallelism() : reader.count('password.concurrency', 1, 64),
      queue: reader.count('password.queue', 0, 100_000),
    },
    blocklist: {
      file: (reader.value('password.blocklist') as string | null) ?? undefined,
      breached: readBreached(reader.value('password.breached'), faults),
    },
    verification: {
      linkLifetimeMs: reader.durationMs('verification.linkLifetime'),
      codeLifetimeMs: reader.durationMs('verification.codeLifetime'),
      codeLengths: readCodeLengths(reader, faults),
    },
    guesses: { maxAttempts: reader.count('verification.maxAttempts', 1, 10) },
    outbox: { worker: reader.flag('outbox.worker'), maxAttempts: reader.count('outbox.maxAttempts', 1, 100) },
    sweep: {
      everyMs: every === false ? null : reader.durationMs('sweep.every'),
      claimsAfterMs: reader.durationMs('sweep.claimsAfter'),
    },
    audit: readAudit(reader, faults),
  }
  if (production && faults.length > before) faults.push(...whyProduction(options))
  if (faults.length > 0) throw new ConfigError(faults)
  return Object.freeze(settings)
}
