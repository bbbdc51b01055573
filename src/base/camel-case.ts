/** Names in camel case. */

/** A name with hyphens in camel case: `session-list` becomes `sessionList`. */
export function toCamelCase(name: string): string {
  return name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}
