/**
 * What validation found, as the field faults of a refusal. It knows no wording, and nothing of what was sent: a key
 * that a client made up is never repeated.
 *
 * Invariants: (1) one fault a field, the first; (2) of several shapes the one that the input comes closest to is
 * judged: the fewest missing fields, then the later shape.
 */

import type * as z from 'zod'
import type { FieldFault, FieldRule } from '../base/index.js'

type Issue = z.core.$ZodIssue

/** The field faults of validation issues; what concerns the whole input is the field `body`. */
export function toFieldFaults(issues: readonly Issue[]): FieldFault[] {
  const faults = new Map<string, FieldFault>()
  for (const fault of issues.flatMap(faultsOf)) if (!faults.has(fault.field)) faults.set(fault.field, fault)
  return [...faults.values()]
}

function faultsOf(issue: Issue): FieldFault[] {
  if (issue.code === 'invalid_union') return closest(issue.errors)
  const field = String(issue.path[0] ?? 'body')
  const { rule, limit } = ruleOf(issue)
  return [limit === undefined ? { field, rule } : { field, rule, limit }]
}

function ruleOf(issue: Issue): { readonly rule: FieldRule; readonly limit?: number } {
  // An empty text is a missing one, whatever the bound says that it broke.
  if (issue.message === 'required') return { rule: 'required' }
  if (issue.code === 'too_small') return { rule: 'min', limit: Number(issue.minimum) }
  if (issue.code === 'too_big') return { rule: 'max', limit: Number(issue.maximum) }
  return { rule: 'format' }
}

function closest(shapes: readonly (readonly Issue[])[]): FieldFault[] {
  const excluded = (issue: Issue) => issue.code === 'invalid_type' && issue.expected === 'never'
  const candidates = shapes.filter((issues) => !issues.some(excluded)).map(toFieldFaults)
  const missing = (faults: readonly FieldFault[]) => faults.filter(({ rule }) => rule === 'required').length
  const whole: FieldFault[] = [{ field: 'body', rule: 'format' }]
  return (
    candidates.reduce<FieldFault[] | null>(
      (best, each) => (best === null || missing(each) <= missing(best) ? each : best),
      null,
    ) ?? whole
  )
}
