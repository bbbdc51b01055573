/** What `createAuth` takes, with every default in one table. Knows no port. */

import type { Duration, Logger } from '../base/index.js'
import type { RevocationChannel, Sender, SessionBackend } from '../core/index.js'
import type { Handler, LimitOverrides } from '../http/index.js'
import type { Database, PgliteLike, PoolLike } from '../store/index.js'
import type { Strategy } from '../strategies/index.js'
import type { PagesOptions } from '../ui/index.js'

/**
 * Where the data lives: the URL of a server, a `pg` Pool, a PGlite instance, a directory for the embedded database,
 * `'memory'`, or what `openPostgres` and `openPglite` return.
 */
export type DatabaseOption = string | PoolLike | PgliteLike | { readonly dataDir: string } | Database

/** The options of `createAuth`. Durations are texts such as `'15m'`. */
export interface AuthOptions {
  readonly database?: DatabaseOption | undefined
  readonly schema?: string | undefined
  /** Migrate at start. Default: when embedded. A server with a missing migration is refused otherwise. */
  readonly migrate?: boolean | undefined
  /** 32 bytes or more each; the first signs, all verify. Required in production. */
  readonly secret?: string | readonly string[] | undefined
  /**
   * `true` holds the rules of development for every address and every client: defaults, and an inbox with all secrets.
   * `false` holds those of production. Default: development where `baseUrl` is http on this machine, for this machine alone.
   */
  readonly development?: boolean | undefined
  /** The origin that links lead to. Required in production; links are never built from a request. */
  readonly baseUrl?: string | undefined
  readonly basePath?: string | undefined
  /** Required in production. */
  readonly sender?: Sender | undefined
  readonly logger?: Logger | undefined
  /** The contract at `GET /auth/openapi.json`. Default: in development. */
  readonly openapi?: boolean | undefined
  /** The contract as a page at `GET /auth/docs`. Default: in development. It needs `openapi`. */
  readonly docs?: boolean | undefined
  /** Counters for Prometheus at `GET /auth/metrics`. */
  readonly metrics?: boolean | undefined
  /** The ways to sign in over HTTP, in the order of the pages. */
  readonly strategies?: readonly Strategy[] | undefined
  /** Replaces answers of HTTP. */
  readonly handler?: Handler | undefined
  /** How many proxies stand before this server, each of which appends to `X-Forwarded-For`. */
  readonly trustedProxies?: number | undefined
  /** Other origins whose pages may call, with cookies. */
  readonly allowedOrigins?: readonly string[] | undefined
  /** `bearer` gives the token in the body of a sign-in and takes it in `Authorization`, for native clients. */
  readonly tokenTransport?: 'cookie' | 'bearer' | undefined
  /** Other numbers for limits of requests, such as `{ messageCountry: { limit: 5000 } }`. */
  readonly limits?: LimitOverrides | undefined
  /** What is yours of the pages: a brand, tokens, a stylesheet, texts, or pages. */
  readonly pages?: PagesOptions | undefined
  readonly session?:
    | {
        readonly idle?: Duration | undefined
        readonly absolute?: Duration | undefined
        readonly renewEvery?: Duration | undefined
        /** How many live sessions a user has at most, from 1 to 1000. A further sign-in ends the oldest. */
        readonly maxPerUser?: number | undefined
      }
    | undefined
  /** Keeps live sessions in memory. Off unless `maxLag` is given. */
  readonly sessionCache?:
    | {
        /** How long a node that hears nothing of the others may still answer from memory; from 250 ms to 5 minutes. */
        readonly maxLag?: Duration | undefined
        /** Sessions at most. */
        readonly maxEntries?: number | undefined
        /** How nodes hear of what ended. Default: NOTIFY of the database. */
        readonly channel?: RevocationChannel | undefined
      }
    | undefined
  /** Keeps sessions elsewhere than in the database, such as `redisSessions` of `latchkey/redis`. */
  readonly sessions?: SessionBackend | undefined
  readonly password?:
    | {
        readonly minLength?: number | undefined
        readonly maxLength?: number | undefined
        /** Words that a password must not be, such as the product's name. */
        readonly context?: readonly string[] | undefined
        /** A text file of further refused passwords, one a line. */
        readonly blocklist?: string | undefined
        /** The online range check; `true` asks Have I Been Pwned. */
        readonly breached?:
          boolean | { readonly url?: string | undefined; readonly timeout?: Duration | undefined } | undefined
        /** Hashes at once. Default: the number of cores. */
        readonly concurrency?: number | undefined
        /** Hashes that may wait; beyond it `rate_limited`. */
        readonly queue?: number | undefined
      }
    | undefined
  readonly verification?:
    | {
        readonly linkLifetime?: Duration | undefined
        readonly codeLifetime?: Duration | undefined
        readonly codeLength?: number | undefined
        readonly maxAttempts?: number | undefined
        /** After how many wrong tries of a day the codes of an address are two digits longer, and four. */
        readonly lengthenAfter?: readonly number[] | undefined
      }
    | undefined
  readonly outbox?:
    { readonly worker?: boolean | undefined; readonly maxAttempts?: number | undefined } | undefined
  readonly sweep?:
    { readonly every?: Duration | false | undefined; readonly claimsAfter?: Duration | undefined } | undefined
  readonly audit?:
    | {
        /** How long rows are kept, a day at least. Without it as long as the database says: 400 days at first. */
        readonly keep?: Duration | undefined
        /** How long addresses of clients, user agents and digests stay in them. */
        readonly keepPersonal?: Duration | undefined
      }
    | undefined
}

/** Every option and its default, as the documentation states it; `null` where there is none. */
export const optionDefaults = {
  database: null,
  schema: 'latchkey',
  migrate: null,
  secret: null,
  development: null,
  baseUrl: null,
  basePath: '/auth',
  sender: null,
  logger: null,
  openapi: null,
  docs: null,
  metrics: false,
  strategies: null,
  handler: null,
  trustedProxies: 0,
  allowedOrigins: [],
  tokenTransport: 'cookie',
  limits: null,
  'pages.brand': null,
  'pages.scheme': null,
  'pages.tokens': null,
  'pages.stylesheet': null,
  'pages.texts': null,
  'pages.replace': null,
  'session.idle': '14d',
  'session.absolute': '90d',
  'session.renewEvery': '1h',
  'session.maxPerUser': 100,
  'sessionCache.maxLag': null,
  'sessionCache.maxEntries': 100_000,
  'sessionCache.channel': null,
  sessions: null,
  'password.minLength': 12,
  'password.maxLength': 256,
  'password.context': [],
  'password.blocklist': null,
  'password.breached': false,
  'password.concurrency': null,
  'password.queue': 256,
  'verification.linkLifetime': '10m',
  'verification.codeLifetime': '10m',
  'verification.codeLength': 6,
  'verification.maxAttempts': 5,
  'verification.lengthenAfter': [5, 10],
  'outbox.worker': true,
  'outbox.maxAttempts': 8,
  'sweep.every': '1h',
  'sweep.claimsAfter': '7d',
  'audit.keep': null,
  'audit.keepPersonal': '90d',
} as const

/** The name of an option, with a dot between group and name. */
export type OptionName = keyof typeof optionDefaults
