/**
 * Converts validation issues to the `fields` of an error. It contains no wording and nothing of the input: a
 * key that a client invented is never repeated.
 *
 * Invariants: (1) one entry per field, the first; (2) if several shapes are possible, the input is compared
 * with the closest one: the one with the fewest missing fields, then the later one.
 */

import type * as z from 'zod'
import type { FieldFault, FieldRule } from '../base/index.js'

type Issue = z.core.$ZodIssue

/** The fields of validation issues; an issue about the whole input has the field `body`. */
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
  // An empty string counts as missing, whatever bound it breaks.
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
