/** Conditions on the purpose of a verification, as SQL that is built from the table of purposes. */

/** Names as SQL literals. They are fixed words of ours, never input. */
export function quoted(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(', ')
}

/** Whether the purpose is one of these. */
export function among(purpose: string, names: readonly string[]): string {
  if (names.length === 0) return 'false'
  return names.length === 1 ? `${purpose} = ${quoted(names)}` : `${purpose} in (${quoted(names)})`
}

/** Whether the purpose is none of these. */
export function outside(purpose: string, names: readonly string[]): string {
  if (names.length === 0) return 'true'
  return names.length === 1 ? `${purpose} <> ${quoted(names)}` : `${purpose} not in (${quoted(names)})`
}

/** The value that belongs to the purpose. There is at least one pair. */
export function valueOf(purpose: string, pairs: readonly (readonly [name: string, value: string])[]): string {
  const last = pairs.at(-1)?.[1] as string
  if (pairs.length === 1) return `'${last}'`
  const cases = pairs.slice(0, -1).map(([name, value]) => `when ${purpose} = '${name}' then '${value}'`)
  return `case ${cases.join(' ')} else '${last}' end`
}
