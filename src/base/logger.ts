/** The logger that a host may hand in: the part of pino's interface that is called here. */

type Log = (fields: Readonly<Record<string, unknown>>, message: string) => void

/** A structured logger, such as one of pino. */
export interface Logger {
  readonly debug: Log
  readonly info: Log
  readonly warn: Log
  readonly error: Log
  /** Whether lines of this level are written; without it, all are. */
  isLevelEnabled?(level: string): boolean
}

const ignore: Log = () => undefined

/** Says nothing. */
export const silentLogger: Logger = {
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
  isLevelEnabled: () => false,
}
