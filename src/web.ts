/**
 * HTTP over one engine. The floors of HTTP are loaded at the first request, so that whoever only calls `accounts`
 * never pays for them.
 */

import { randomUUID } from 'node:crypto'
import { silentLogger } from './base/index.js'
import type { Accounts } from './core/index.js'
import { normalizeEmail } from './core/index.js'
import type { Engine, Http, Peer, Scope } from './http/index.js'
import type { LocatedPhones } from './phone/index.js'
import { createBrowserKeys } from './secrets/index.js'
import type { Settings } from './settings.js'
import type { Limits } from './store/index.js'

/** What HTTP is made of. */
export interface WebParts extends Pick<Engine, 'inbox' | 'outbox' | 'feed' | 'health' | 'now'> {
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
}

async function load(parts: WebParts): Promise<Http> {
  const { settings, phones, limits } = parts
  const [{ createBudgets, createGate, createHttp }, { apiRoutes }, { createUi }] = await Promise.all([
    import('./http/index.js'),
    import('./api/index.js'),
    import('./ui/index.js'),
  ])
  const keys = { ...createBrowserKeys(parts.secrets), newId: randomUUID }
  const engine: Engine = {
    ...parts,
    settings: { ...settings, observed: settings.logger !== silentLogger },
    strategies: settings.strategies,
    keys,
    gate: createGate({ limits, budgets: createBudgets(settings.limits), keys, phones, addressKey }),
    logger: settings.logger,
    addressKey,
  }

  function addressKey(type: 'email' | 'phone', value: string): string | null {
    return type === 'email' ? (normalizeEmail(value)?.key ?? null) : phones.normalize(value)
  }

  const { routes, html } = createUi(settings)
  return createHttp({ engine, routes: [...apiRoutes(settings.strategies, settings), ...routes], html })
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
  }
}
