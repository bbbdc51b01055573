// The budget: the ratios of latchkey that a later run may undercut only by the tolerance.

/** The part of a ratio that may be lost. */
export const tolerance = 0.15

const isOwn = ({ name }) => name.startsWith('Latchkey')

/** The ratios of latchkey in results, as `operation@inFlight name` -> ratio. */
export function toBudget({ tables }) {
  const rows = tables.flatMap(({ operation, inFlight, rows: all }) =>
    all
      .filter(isOwn)
      .map(({ name, ratio }) => [`${operation}@${inFlight} ${name}`, Number(ratio.toFixed(3))]),
  )
  return Object.fromEntries(rows)
}

/** Compares measured ratios with a budget. */
export function compareWithBudget(budget, measured) {
  return Object.entries(budget).map(([key, ratio]) => {
    const least = ratio * (1 - tolerance)
    const found = measured[key]
    return { key, budget: ratio, measured: found, held: found !== undefined && found >= least }
  })
}
