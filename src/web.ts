/**
 * HTTP over one engine. The floors of HTTP are loaded at the first request, so that whoever only calls `accounts`
 * never pays for them.
 */

import { randomBytes, randomUUID } from 'node:crypto'
import type { Accounts } from './core/index.js'
import { normalizeEmail } from './core/index.js'
import type { Engine, GuardOptions, HtmlFace, Http, Peer, RouteDefinition, Scope } from './http/index.js'
import type { LocatedPhones } from './phone/index.js'
import { createBrowserKeys } from './secrets/index.js'
import type { Settings } from './settings.js'
import type { Limits } from './store/index.js'
import type { Telemetry } from './telemetry/index.js'

/** What HTTP is made of. */
export interface WebParts extends Pick<Engine, 'inbox' | 'outbox' | 'feed' | 'health' | 'now' | 'telemetry'> {
  readonly settings: Settings
  readonly accounts: Accounts
  readonly secrets: readonly [string, ...string[]]
  readonly limits: Limits
  readonly phones: LocatedPhones
}

/** How an engine answers requests. */
export interface Web {
  fetch(request: Request, peer?: Peer): Promise<Response>
  scope(request: Request): Promise<Scope | null>
  requireScope(request: Request, options?: GuardOptions): Promise<Scope>
  problem(thrown: unknown): Promise<Response>
}

// Tells which budget refused, whoever asked.
function counted(limits: Limits, telemetry: Telemetry): Limits {
  return {
    ...limits,
    async take(charges) {
      const verdict = await limits.take(charges)
      if (!verdict.allowed) telemetry.refused(verdict.refused ?? 'unknown')
      return verdict
    },
  }
}

interface Faces {
  /** Every route: what is served, and what the attacks are generated from, is this one list. */
  readonly routes: readonly RouteDefinition[]
  readonly html: HtmlFace
}

async function loadFaces(settings: Settings): Promise<Faces> {
  const [{ apiRoutes }, { createUi }] = await Promise.all([import('./api/index.js'), import('./ui/index.js')])
  const ui = createUi(settings)
  return { routes: [...apiRoutes(settings.strategies, settings), ...ui.routes], html: ui.html }
}

/** Every route that these settings mount. */
export async function routesOf(settings: Settings): Promise<readonly RouteDefinition[]> {
  return (await loadFaces(settings)).routes
}

async function load(parts: WebParts): Promise<Http> {
  const { settings, phones, telemetry } = parts
  const limits = counted(parts.limits, telemetry)
  const [{ createBudgets, createGate, createHttp }, { routes, html }] = await Promise.all([
    import('./http/index.js'),
    loadFaces(settings),
  ])
  const keys = {
    ...createBrowserKeys(parts.secrets),
    newId: randomUUID,
    newName: () => randomBytes(16).toString('base64url'),
  }
  const engine: Engine = {
    ...parts,
    strategies: settings.strategies,
    keys,
    gate: createGate({ limits, budgets: createBudgets(settings.limits), keys, phones, addressKey }),
    logger: settings.logger,
    addressKey,
  }

  function addressKey(type: 'email' | 'phone', value: string): string | null {
    return type === 'email' ? (normalizeEmail(value)?.key ?? null) : phones.normalize(value)
  }

  return createHttp({ engine, routes, html })
}

/** HTTP over the parts of an engine. */
export function createWeb(parts: WebParts): Web {
  let loading: Promise<Http> | undefined
  let http: Http | undefined
  const open = (): Promise<Http> => (loading ??= load(parts).then((loaded) => (http = loaded)))

  return {
    fetch: (request, peer) =>
      http === undefined ? open().then((loaded) => loaded.fetch(request, peer)) : http.fetch(request, peer),
    scope: (request) =>
      http === undefined ? open().then((loaded) => loaded.scope(request)) : http.scope(request),
    requireScope: async (request, options) => (http ?? (await open())).requireScope(request, options),
    problem: async (thrown) => (http ?? (await open())).problem(thrown),
  }
}
