/** What is recorded of a failed try: enough to mend it, and no secret. */

const longest = 300

/** The fault in one line, with each secret blanked wherever it stands, also percent-encoded. */
export function describeFault(error: unknown, secrets: readonly string[]): string {
  const { name, message, code } = (error ?? {}) as { name?: unknown; message?: unknown; code?: unknown }
  const label = typeof code === 'string' || typeof code === 'number' ? `${code}: ` : ''
  const words = typeof message === 'string' ? message : typeof name === 'string' ? name : String(error)
  let line = `${label}${words}`.split('\n')[0] ?? ''
  for (const secret of secrets.filter((each) => each !== '')) {
    for (const form of [secret, encodeURIComponent(secret)]) line = line.replaceAll(form, '[secret]')
  }
  return line.slice(0, longest)
}
