/**
 * What is recorded of a failed try: enough to mend it, and no secret.
 *
 * Invariants: (1) it reads whatever was thrown, and never throws itself; (2) its text can be stored: one line, without
 * control characters (PostgreSQL takes no NUL) and without half a surrogate pair.
 */

import type { DeliveryFault } from '../core/index.js'

const longest = 300
// Beyond this nothing is read, so that a fault of a megabyte costs no more than a small one.
const longestRead = 20_000

/** The name, the code and the first line of a fault, with each secret blanked wherever it stands, also percent-encoded. */
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

/** A fault of a message that no later try can mend. */
export function permanentFault(words: string): DeliveryFault {
  return Object.assign(new Error(words), { permanent: true })
}

/** Whether whoever threw it says that no later try can succeed. */
export function isPermanent(fault: unknown): boolean {
  return typeof fault === 'object' && fault !== null && (fault as { permanent?: unknown }).permanent === true
}

function read(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error)
  const { name, message } = error as { name?: unknown; message?: unknown }
  // That an error is an `Error` tells nothing.
  const label = [name === 'Error' ? '' : name, codeOf(error)].filter(isWord).join(' ')
  return [label, message].filter(isWord).join(': ') || 'a fault without words'
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

// `fetch` tells in its cause why it failed.
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

/** The longest first: a link goes as a whole before the token in it. */
function formsOf(secrets: readonly string[]): string[] {
  const forms = secrets
    .filter((each) => each !== '')
    .flatMap((each) => {
      const encoded = encodeURIComponent(each)
      return [each, encoded, encoded.replace(/%[0-9A-F]{2}/g, (pair) => pair.toLowerCase())]
    })
  return [...new Set(forms)].sort((a, b) => b.length - a.length)
}
