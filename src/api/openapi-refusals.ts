/** The errors that a route can return, derived from its definition. Knows no schemas. */

import { AuthError } from '../base/index.js'
import type { ErrorCode } from '../base/index.js'
import { signedInSchema } from '../contract/index.js'
import { statuses } from '../http/index.js'
import type { RouteDefinition } from '../http/index.js'

type Condition = (route: RouteDefinition) => boolean

const starts = new Set(['request', 'sign-up'])
const changes: Condition = ({ method }) => method !== 'GET'
// An action that does not start a flow finishes one.
const proves: Condition = (route) => changes(route) && !starts.has(route.action?.action ?? 'request')

// Every code once; a test compares the list with the closed union.
const conditions: Readonly<Record<ErrorCode, Condition>> = {
  // Even without expected input: every route rejects a body that is neither JSON nor a form.
  input_invalid: (route) => changes(route) || route.input !== undefined,
  invalid_credentials: ({ answers }) => answers[200]?.schema === signedInSchema,
  invalid_token: proves,
  already_claimed: proves,
  confirmation_required: proves,
  session_required: ({ access }) => access !== 'public',
  assurance_required: ({ access }) => access === 'fresh',
  forbidden_origin: changes,
  not_found: ({ path }) => path.includes(':'),
  // A strategy that is not configured has no routes in the document.
  strategy_disabled: () => false,
  rate_limited: changes,
  unavailable: () => true,
  internal: () => true,
}

/** The errors of a route: its codes by status, in ascending order. */
export function refusalsOf(route: RouteDefinition): ReadonlyMap<number, readonly ErrorCode[]> {
  const byStatus = new Map<number, ErrorCode[]>()
  for (const [code, applies] of Object.entries(conditions) as [ErrorCode, Condition][]) {
    if (applies(route)) byStatus.set(statuses[code], [...(byStatus.get(statuses[code]) ?? []), code])
  }
  return new Map([...byStatus].sort(([one], [other]) => one - other))
}

/** Describes the codes, one sentence each. */
export function describeRefusals(codes: readonly ErrorCode[]): string {
  return codes.map((code) => `\`${code}\`: ${new AuthError(code).message}`).join(' ')
}
