/** Reads the options of senders: all problems together, each with its fix. */

import { ConfigError } from '../base/index.js'

/** Collects problems and throws them together. */
export function createChecks(sender: string) {
  const faults: string[] = []
  function text(name: string, value: unknown): void {
    if (typeof value !== 'string' || value.trim() === '') faults.push(`${sender}: ${name} is missing.`)
    else if (/[\r\n]/.test(value)) faults.push(`${sender}: ${name} must be one line.`)
  }
  return {
    text,
    /** Checks a string that may be absent. */
    optionalText(name: string, value: unknown): void {
      if (value !== undefined) text(name, value)
    },
    url(name: string, value: unknown, protocols: readonly string[]): void {
      const good =
        typeof value === 'string' && URL.canParse(value) && protocols.includes(new URL(value).protocol)
      if (!good) faults.push(`${sender}: ${name} must be a ${protocols.join(' or ')} URL.`)
    },
    http({ timeoutMs, fetch }: { readonly timeoutMs?: unknown; readonly fetch?: unknown }): void {
      const good = timeoutMs === undefined || (Number.isInteger(timeoutMs) && (timeoutMs as number) > 0)
      if (!good) faults.push(`${sender}: timeoutMs must be a whole number of milliseconds above 0.`)
      if (fetch !== undefined && typeof fetch !== 'function')
        faults.push(`${sender}: fetch must be a function.`)
    },
    must(holds: boolean, sentence: string): void {
      if (!holds) faults.push(`${sender}: ${sentence}`)
    },
    /** Throws if there is a problem. @throws ConfigError */
    done(): void {
      if (faults.length > 0) throw new ConfigError(faults)
    },
  }
}
