/**
 * The HTTP layers of one `Auth`. They are loaded while it opens, not at the first request. Node remembers a
 * module that it could not read as failed until the process ends, so running out of file descriptors at that
 * moment would break every later request. Loaded here, it fails the start, which a supervisor repeats.
 */

import { randomBytes, randomUUID } from 'node:crypto'
import { AuthError, isShortage } from '../base/index.js'
import { normalizeEmail } from '../core/index.js'
import type { LimitStore, Refusals, LimitVerdict } from '../core/index.js'
import type {
  Engine,
  GuardOptions,
  HtmlResponses,
  Http,
  Peer,
  RouteDefinition,
  Scope,
} from '../http/index.js'
import type * as HttpRoom from '../http/index.js'
import type { LocatedPhones } from '../phone/index.js'
import { createBrowserKeys } from '../secrets/index.js'
import type { Settings } from './settings.js'
import type { Telemetry } from '../telemetry/index.js'

/** The parts that HTTP needs. */
export interface WebParts extends Pick<
  Engine,
  'accounts' | 'operationsBy' | 'inbox' | 'outbox' | 'feed' | 'health' | 'now' | 'telemetry'
> {
  readonly settings: Settings
  readonly secrets: readonly [string, ...string[]]
  readonly limits: LimitStore
  readonly refusals: Refusals
  readonly phones: LocatedPhones
}

/** How an `Auth` answers requests. */
export interface Web {
  fetch(request: Request, peer?: Peer): Promise<Response>
  scope(request: Request): Promise<Scope | null>
  requireScope(request: Request, options?: GuardOptions): Promise<Scope>
  problem(thrown: unknown): Promise<Response>
}

// Counts the limits that refused a request or required a toll.
function counted(store: LimitStore, telemetry: Telemetry): LimitStore {
  function count<V extends LimitVerdict>(verdict: V): V {
    if (verdict.allowed) return verdict
    const names = verdict.refused === null ? (verdict.owed?.limits ?? []) : [verdict.refused]
    for (const name of names) telemetry.refused(name)
    return verdict
  }
  return {
    ...store,
    take: async (limits, how) => count(await store.take(limits, how)),
    admit: async (limits, asked) => count(await store.admit(limits, asked)),
  }
}

interface Faces {
  /** Every route. The server mounts this list, and the attack tests are generated from it. */
  readonly routes: readonly RouteDefinition[]
  readonly html: HtmlResponses
}

async function loadFaces(settings: Settings): Promise<Faces> {
  const served = settings.features.filter(({ isServed }) => isServed?.(settings) ?? true)
  const [{ apiRoutes }, { createUi }, ...webs] = await Promise.all([
    import('../api/index.js'),
    import('../ui/index.js'),
    ...served.flatMap(({ web }) => web?.() ?? []),
  ])
  const ui = createUi({
    ...settings,
    features: webs.flatMap(({ pages }) => pages ?? []),
    messages: settings.folded.messages,
  })
  return { routes: [...apiRoutes(settings.strategies, settings, webs), ...ui.routes], html: ui.html }
}

/** The modules that must be loaded before the first request. */
export interface LoadedWeb {
  readonly http: typeof HttpRoom
  readonly faces: Faces
}

/** Loads the HTTP layers. @throws AuthError `unavailable` if one of their files can't be read */
export async function loadWeb(settings: Settings): Promise<LoadedWeb> {
  try {
    const [http, faces] = await Promise.all([import('../http/index.js'), loadFaces(settings)])
    return { http, faces }
  } catch (cause) {
    throw isShortage(cause) ? new AuthError('unavailable', { reason: 'http_not_loaded', cause }) : cause
  }
}

/** Every route that these settings mount. */
export async function routesOf(settings: Settings): Promise<readonly RouteDefinition[]> {
  return (await loadFaces(settings)).routes
}

function build(parts: WebParts, loaded: LoadedWeb): Http {
  const { settings, phones, telemetry } = parts
  const { createRequestLimits, createLimiter, createHttp, createLimitAlerts, createTolls } = loaded.http
  const { routes, html } = loaded.faces
  const store = counted(parts.limits, telemetry)
  const keys = {
    ...createBrowserKeys(parts.secrets),
    newId: randomUUID,
    newName: () => randomBytes(16).toString('base64url'),
  }
  const engine: Engine = {
    ...parts,
    strategies: settings.strategies,
    keys,
    limiter: createLimiter({
      store,
      requestLimits: createRequestLimits(settings.limits),
      tolls: createTolls(keys),
      keys,
      phones,
      addressKey,
      onReached: createLimitAlerts({
        store,
        logger: settings.logger,
        count: (limit) => telemetry.reached(limit),
        now: parts.now,
      }),
    }),
    logger: settings.logger,
    addressKey,
  }

  function addressKey(type: 'email' | 'phone', value: string): string | null {
    return type === 'email' ? (normalizeEmail(value)?.key ?? null) : phones.normalize(value)
  }

  return createHttp({ engine, routes, html })
}

/** Creates HTTP from the parts of an `Auth`. */
export function createWeb(parts: WebParts, loaded: LoadedWeb): Web {
  const http = build(parts, loaded)
  return {
    fetch: (request, peer) => http.fetch(request, peer),
    scope: (request) => http.scope(request),
    requireScope: async (request, options) => http.requireScope(request, options),
    problem: (thrown) => Promise.resolve(http.problem(thrown)),
  }
}
