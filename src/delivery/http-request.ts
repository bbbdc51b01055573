/**
 * One POST to a provider, with a time-out, and an error that tells status and code but nothing that was sent.
 *
 * Invariant: a status of 2xx is a delivery, whatever stands in the body; to ask again would send, and bill, twice.
 */

import type { DeliveryFault } from '../core/index.js'

const longestCode = 60
const longestBody = 16_384

/** A provider that refused. */
export class ProviderError extends Error implements DeliveryFault {
  override readonly name = 'ProviderError'
  readonly status: number
  readonly code: string | undefined
  /** What the provider asked for with `Retry-After`. */
  readonly retryAfterMs: number | undefined
  /** Whether no later try can succeed. */
  readonly permanent: boolean
  constructor(
    provider: string,
    answer: Pick<ProviderError, 'status' | 'code' | 'retryAfterMs' | 'permanent'>,
  ) {
    const { status, code, retryAfterMs, permanent } = answer
    super(`${provider} answered with status ${status}${code === undefined ? '' : ` (${code})`}`)
    this.status = status
    this.code = code
    this.retryAfterMs = retryAfterMs
    this.permanent = permanent
  }
}

/** What every sender over HTTP takes. */
export interface HttpOptions {
  /** 10000 by default. */
  readonly timeoutMs?: number | undefined
  /** The `fetch` of the platform by default; another one where a proxy is needed. */
  readonly fetch?: typeof fetch | undefined
}

/** What to send, and to whom. */
export interface ProviderRequest {
  readonly provider: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Aborted when the try is given up. */
  readonly signal?: AbortSignal | undefined
  /** Whether an answer of this status and code refuses this very message for good; none does by default. */
  readonly isFinal?: (status: number, code: string | undefined) => boolean
}

// Providers tell a code at one of these places; words of theirs may quote what was sent.
function readCode(body: string): string | undefined {
  try {
    const { code, error } = JSON.parse(body) as { code?: unknown; error?: { code?: unknown } }
    const found = code ?? error?.code
    if (typeof found === 'number') return String(found)
    if (typeof found === 'string' && /^[\w.:-]+$/.test(found)) return found.slice(0, longestCode)
  } catch {
    // A body that is no JSON has no code.
  }
  return undefined
}

/** RFC 9110 §10.2.3: seconds, or a date. */
function readRetryAfter(text: string | null): number | undefined {
  if (text === null) return undefined
  if (/^[0-9]{1,7}$/.test(text)) return Number(text) * 1000
  const until = Date.parse(text) - new Date().getTime()
  return until > 0 ? until : undefined
}

async function readStart(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  try {
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk as Uint8Array, { stream: true })
      if (text.length >= longestBody) break
    }
  } catch {
    // The status says enough where the body breaks off.
  }
  return text
}

/** @throws ProviderError for every status but 2xx, and whatever `fetch` throws */
export async function post(request: ProviderRequest, options: HttpOptions): Promise<void> {
  const { provider, url, headers, body, signal, isFinal } = request
  const limit = AbortSignal.timeout(options.timeoutMs ?? 10_000)
  const send = options.fetch ?? fetch
  const response = await send(url, {
    method: 'POST',
    headers,
    body,
    // A redirect would carry secrets and credentials to where nobody configured.
    redirect: 'error',
    signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
  })
  const { ok, status } = response
  if (ok) {
    await response.body?.cancel().catch(() => undefined)
    return
  }
  const code = readCode(await readStart(response))
  throw new ProviderError(provider, {
    status,
    code,
    permanent: isFinal?.(status, code) ?? false,
    retryAfterMs: readRetryAfter(response.headers.get('retry-after')),
  })
}
