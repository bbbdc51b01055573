/**
 * Describes a failed attempt for the record: enough to fix it, and no secret.
 *
 * Invariants: (1) it accepts any thrown value and never throws itself; (2) its text can be stored: one line,
 * without control characters (PostgreSQL accepts no NUL) and without unpaired surrogates.
 */

import type { DeliveryFault } from '../core/index.js'

const longest = 300
// Nothing beyond this is read, so that an error of a megabyte costs no more than a small one.
const longestRead = 20_000

/** The name, code and first line of an error, with each secret redacted, also in percent-encoded form. */
export function describeFault(error: unknown, secrets: readonly string[]): string {
  let text: string
  try {
    text = read(error)
  } catch {
    text = 'a fault that cannot be read'
  }
  let line = firstLine(text.slice(0, longestRead))
  for (const form of formsOf(secrets)) line = line.replaceAll(form, '[secret]')
  return line.slice(0, longest).toWellFormed()
}

/** An error of a message that no later attempt can fix. */
export function permanentFault(words: string): DeliveryFault {
  return Object.assign(new Error(words), { permanent: true })
}

/** Whether the error says that no later attempt can succeed. */
export function isPermanent(fault: unknown): boolean {
  return typeof fault === 'object' && fault !== null && (fault as { permanent?: unknown }).permanent === true
}

function read(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error)
  const { name, message } = error as { name?: unknown; message?: unknown }
  // The name `Error` adds no information.
  const label = [name === 'Error' ? '' : name, codeOf(error)].filter(isWord).join(' ')
  return [label, message].filter(isWord).join(': ') || 'a fault without words'
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

// `fetch` puts the reason for its failure in `cause`.
function codeOf(error: object): unknown {
  const { code, cause } = error as { code?: unknown; cause?: unknown }
  if (typeof code === 'string') return code
  return typeof cause === 'object' && cause !== null ? (cause as { code?: unknown }).code : undefined
}

function firstLine(text: string): string {
  const line = text.split(/[\r\n\u2028\u2029]/).find((each) => each.trim() !== '') ?? ''
  // eslint-disable-next-line no-control-regex
  return line.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').trim()
}

/** Longest first, so that a link is redacted as a whole before the token in it. */
function formsOf(secrets: readonly string[]): string[] {
  const forms = secrets
    .filter((each) => each !== '')
    .flatMap((each) => {
      const encoded = encodeURIComponent(each)
      return [each, encoded, encoded.replace(/%[0-9A-F]{2}/g, (pair) => pair.toLowerCase())]
    })
  return [...new Set(forms)].sort((a, b) => b.length - a.length)
}
