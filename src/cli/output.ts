/** Prints lines for people, or one JSON document with `--json`. Progress goes to standard error. */

import colors from 'picocolors'

/** Where a command prints. */
export interface Output {
  /** Prints the result: `value` as JSON, or `lines` for people. */
  result(value: unknown, lines: readonly string[]): void
  /** Prints the progress of long work, which is never part of the result. */
  progress(line: string): void
}

/** Prints to the streams of the process. */
export function createOutput(json: boolean): Output {
  return {
    result(value, lines) {
      const text = json ? JSON.stringify(value, null, 2) : lines.join('\n')
      process.stdout.write(`${text}\n`)
    },
    progress(line) {
      process.stderr.write(`${colors.dim(line)}\n`)
    },
  }
}

/** Formats a table as lines; each column is padded to its widest cell. */
export function toTable(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)),
  )
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  return [colors.bold(line(header)), ...rows.map(line)]
}

/** A date as text, or a dash. */
export function toText(date: Date | null): string {
  return date === null ? '-' : date.toISOString()
}
