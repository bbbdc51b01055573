/** The options of `createAuth`, with every default in one table. Imports no implementation. */

import type { Duration, Logger } from '../base/index.js'
import type { RevocationChannel, Sender, SessionBackend } from '../core/index.js'
import type { Feature } from '../features/index.js'
import type { Handler, LimitOverrides } from '../http/index.js'
import type { Database, PgliteLike, PoolLike } from '../store/index.js'
import type { Strategy } from '../strategies/index.js'
import type { PagesOptions } from '../ui/index.js'

/**
 * A database: a `postgres://` URL, a `pg` Pool, a PGlite instance, the directory of an embedded database,
 * `'memory'`, or the result of `openPostgres` or `openPglite`.
 */
export type DatabaseOption = string | PoolLike | PgliteLike | { readonly dataDir: string } | Database

/**
 * The options of `createAuth`. Durations are strings such as `'15m'`, `'12h'` or `'30d'`. In production,
 * `database`, `secret`, `baseUrl` and `sender` are required.
 */
export interface AuthOptions {
  /** Where the data is stored. @default `{ dataDir: '.latchkey/data' }` in development */
  readonly database?: DatabaseOption | undefined
  /** The database schema of the tables: lowercase letters, digits and `_`. @default 'latchkey' */
  readonly schema?: string | undefined
  /**
   * Apply missing migrations at startup. If false, a missing migration makes startup fail.
   * @default true for an embedded database, false for a server
   */
  readonly migrate?: boolean | undefined
  /**
   * One secret or several, at least 32 bytes each. The first signs and encrypts; all of them verify and
   * decrypt.
   * @default in development: generated once and stored beside the data
   */
  readonly secret?: string | readonly string[] | undefined
  /**
   * `true` applies development rules to every address and every client, including defaults and an inbox that
   * shows all secrets. `false` applies production rules.
   * @default development if `baseUrl` is an `http:` URL of this machine, and only for clients on this machine
   */
  readonly development?: boolean | undefined
  /**
   * The origin of the links in messages; links are never built from a request. In production it must be
   * `https:`.
   * @default `http://localhost:3000` in development
   */
  readonly baseUrl?: string | undefined
  /** The path of all routes. @default '/auth' */
  readonly basePath?: string | undefined
  /**
   * Delivers messages, such as `smtp()` from `latchkey/delivery/smtp`. @default an inbox in memory, in
   * development
   */
  readonly sender?: Sender | undefined
  /** An object with `debug`, `info`, `warn` and `error`, such as a pino logger. @default logs nothing */
  readonly logger?: Logger | undefined
  /** Serve the OpenAPI document at `GET /auth/openapi.json`. @default true in development */
  readonly openapi?: boolean | undefined
  /** Serve the API reference at `GET /auth/docs`. Needs `openapi`. @default true in development */
  readonly docs?: boolean | undefined
  /** Serve Prometheus metrics at `GET /auth/metrics`. @default false */
  readonly metrics?: boolean | undefined
  /**
   * The sign-in methods over HTTP, in the order in which the pages show them.
   * @default `[password(), magicLink(), emailOtp()]`, and `smsOtp()` if the sender reaches phones
   */
  readonly strategies?: readonly Strategy[] | undefined
  /**
   * Features of your own, made by `defineFeature` of `latchkey/feature`. Their operations are found under
   * `auth.<key>`. @default []
   */
  readonly features?: readonly Feature[] | undefined
  /** Hooks that can replace HTTP responses. */
  readonly handler?: Handler | undefined
  /** The number of proxies in front of this server that append to `X-Forwarded-For`. @default 0 */
  readonly trustedProxies?: number | undefined
  /** Other origins whose pages may call the API with cookies. @default [] */
  readonly allowedOrigins?: readonly string[] | undefined
  /**
   * `'bearer'` returns the token in the body of a sign-in and accepts it in `Authorization`, for native
   * clients.
   * @default 'cookie'
   */
  readonly tokenTransport?: 'cookie' | 'bearer' | undefined
  /** Overrides of rate limits, such as `{ messageCountry: { limit: 5000 } }`. */
  readonly limits?: LimitOverrides | undefined
  /** Changes the built-in pages: a brand, CSS tokens, a stylesheet, texts, or pages of your own. */
  readonly pages?: PagesOptions | undefined
  /** How long sessions last, and how many a user can have. */
  readonly session?:
    | {
        /** A session ends after this time without activity. @default '14d' */
        readonly idle?: Duration | undefined
        /** A session ends this long after it was created. @default '90d' */
        readonly absolute?: Duration | undefined
        /** An active session is extended at most this often. @default '1h' */
        readonly renewEvery?: Duration | undefined
        /**
         * The maximum number of live sessions of a user, from 1 to 1000. A further sign-in ends the oldest.
         * @default 100
         */
        readonly maxPerUser?: number | undefined
      }
    | undefined
  /** Keeps live sessions in memory. Set `maxLag` to turn it on. */
  readonly sessionCache?:
    | {
        /**
         * How long a node may answer from memory without hearing from the others, from 250 ms to 5 minutes.
         * @default no cache
         */
        readonly maxLag?: Duration | undefined
        /** The maximum number of cached sessions. @default 100000 */
        readonly maxEntries?: number | undefined
        /** How nodes learn of revocations. @default NOTIFY of the database */
        readonly channel?: RevocationChannel | undefined
      }
    | undefined
  /**
   * Stores sessions outside the database, such as `redisSessions` of `latchkey/redis`. @default in the
   * database
   */
  readonly sessions?: SessionBackend | undefined
  /** Rules for new passwords, and how they are hashed. */
  readonly password?:
    | {
        /** The minimum number of code points, from 8 to 128. @default 12 */
        readonly minLength?: number | undefined
        /** The maximum number of code points, from 64 to 4096. @default 256 */
        readonly maxLength?: number | undefined
        /** Words that can't be passwords, in addition to `pages.brand.name`. @default [] */
        readonly context?: readonly string[] | undefined
        /** The path of a text file of additional refused passwords, one per line. */
        readonly blocklist?: string | undefined
        /**
         * Online check for breached passwords. `true` uses Have I Been Pwned; `url` names another service
         * with the same protocol. If the service fails, the password is accepted.
         * @default false
         */
        readonly breached?:
          boolean | { readonly url?: string | undefined; readonly timeout?: Duration | undefined } | undefined
        /** The maximum number of concurrent hashes. @default the number of cores */
        readonly concurrency?: number | undefined
        /** The maximum number of queued hashes. Beyond it, requests fail with `rate_limited`. @default 256 */
        readonly queue?: number | undefined
      }
    | undefined
  /** The links and codes in messages. */
  readonly verification?:
    | {
        /** How long a link is valid. @default '10m' */
        readonly linkLifetime?: Duration | undefined
        /** How long a code is valid. @default '10m' */
        readonly codeLifetime?: Duration | undefined
        /**
         * The number of digits of a code for an address without recent wrong attempts, from 6 to 10. @default
         * 6
         */
        readonly codeLength?: number | undefined
        /** The number of wrong attempts after which a code is no longer valid, from 1 to 10. @default 5 */
        readonly maxAttempts?: number | undefined
        /**
         * After how many wrong attempts within a day the codes of an address get two more digits, and four
         * more. One or two numbers from 1 to 100.
         * @default [5, 10]
         */
        readonly lengthenAfter?: readonly number[] | undefined
      }
    | undefined
  /** The queue of messages. */
  readonly outbox?:
    | {
        /** Deliver messages in this process. If false, call `auth.outbox.drain()`. @default true */
        readonly worker?: boolean | undefined
        /** The maximum number of attempts to deliver a message, from 1 to 100. @default 8 */
        readonly maxAttempts?: number | undefined
      }
    | undefined
  /** The regular removal of expired rows. */
  readonly sweep?:
    | {
        /** How often expired rows are removed. `false` leaves this to `latchkey sweep`. @default '1h' */
        readonly every?: Duration | false | undefined
        /** How long unverified sign-ups are kept. @default '7d' */
        readonly claimsAfter?: Duration | undefined
      }
    | undefined
  /** The audit log. */
  readonly audit?:
    | {
        /** How long rows are kept, at least `'1d'`. @default 400 days, or what the database says */
        readonly keep?: Duration | undefined
        /** How long IP addresses, user agents and digests of addresses stay in the rows. @default '90d' */
        readonly keepPersonal?: Duration | undefined
      }
    | undefined
}

/** Every option and its default, as documented in docs/options.md; `null` if there is no fixed default. */
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
  features: [],
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

/** The name of an option, such as `session.idle`. */
export type OptionName = keyof typeof optionDefaults
