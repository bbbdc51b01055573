/** One POST to a provider, with a time-out, and an error that tells status and code but nothing that was sent. */

const longestCode = 60

/** A provider that refused. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError'
  readonly status: number
  readonly code: string | undefined
  constructor(provider: string, status: number, code: string | undefined) {
    super(`${provider} answered with status ${status}${code === undefined ? '' : ` (${code})`}`)
    this.status = status
    this.code = code
  }
}

/** What to send, and to whom. */
export interface ProviderRequest {
  readonly provider: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly timeoutMs: number
}

// Providers tell a code at one of these places; words of theirs may quote what was sent.
function codeOf(body: string): string | undefined {
  try {
    const { code, error } = JSON.parse(body) as { code?: unknown; error?: { code?: unknown } }
    const found = code ?? error?.code
    if (typeof found === 'number' || typeof found === 'string') return String(found).slice(0, longestCode)
  } catch {
    // A body that is no JSON has no code.
  }
  return undefined
}

/** @throws ProviderError for every status but 2xx, and whatever `fetch` throws */
export async function post(request: ProviderRequest): Promise<void> {
  const { provider, url, headers, body, timeoutMs } = request
  const response = await fetch(url, {
    method: 'POST',
    headers,
    body,
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  })
  const text = await response.text()
  if (!response.ok) throw new ProviderError(provider, response.status, codeOf(text))
}
