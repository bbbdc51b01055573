/** The only module that reads the process environment for the library. */

interface ProcessLike {
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** Whether this process runs in production: `NODE_ENV=production`. */
export function isProduction(): boolean {
  return (globalThis as { process?: ProcessLike }).process?.env?.['NODE_ENV'] === 'production'
}
