/** Prints messages to the terminal, including secrets. For development only. */

import { ConfigError, isProduction } from '../base/index.js'
import type { Sender } from '../core/index.js'

/**
 * Prints each message as a line, including secrets.
 * @default `write`: standard output
 * @example
 * ```ts
 * createAuth({ sender: consoleSender() })
 * ```
 * @throws ConfigError in production
 */
export function consoleSender(write: (line: string) => void = toStandardOutput): Sender {
  if (isProduction())
    throw new ConfigError(['consoleSender: it displays secrets and is not available in production.'])
  return {
    reaches: ['email', 'phone'],
    developmentOnly: true,
    deliver({ event, to, link, code }) {
      const secrets = [code && `code ${code}`, link].filter((each) => each !== undefined && each !== '')
      write(`[latchkey] ${event} to ${to.value}: ${secrets.join(', ') || 'a notice'}`)
      return Promise.resolve()
    },
  }
}

function toStandardOutput(line: string): void {
  process.stdout.write(`${line}\n`)
}
