/** The logger interface that a host may provide: the part of pino's interface that this library calls. */

type Log = (fields: Readonly<Record<string, unknown>>, message: string) => void

/** A structured logger, such as pino. */
export interface Logger {
  readonly debug: Log
  readonly info: Log
  readonly warn: Log
  readonly error: Log
  /** Whether lines at this level are written. Without this method, all are. */
  isLevelEnabled?(level: string): boolean
}

const ignore: Log = () => undefined

/** Writes nothing. */
export const silentLogger: Logger = {
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
  isLevelEnabled: () => false,
}
