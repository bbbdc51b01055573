/** Messages on the terminal, secrets included: for development alone. */

import { ConfigError, isProduction } from '../base/index.js'
import type { Sender } from '../core/index.js'

/** A sender that writes lines; `write` is standard output by default. @throws ConfigError in production */
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
