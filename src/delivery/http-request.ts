/**
 * One POST to a provider, with a timeout. Its error contains the status and code, but nothing that was sent.
 *
 * Invariant: a 2xx status is a delivery, whatever the body says; a retry would send, and bill, twice.
 */

import type { DeliveryFault } from '../core/index.js'

const longestCode = 60
const longestBody = 16_384

/** The error of a provider that refused a message. */
export class ProviderError extends Error implements DeliveryFault {
  override readonly name = 'ProviderError'
  readonly status: number
  readonly code: string | undefined
  /** The wait that the provider requested with `Retry-After`. */
  readonly retryAfterMs: number | undefined
  /** Whether no later attempt can succeed. */
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

/** Options of every sender over HTTP. */
export interface HttpOptions {
  /** The time limit of a request, in milliseconds. @default 10000 */
  readonly timeoutMs?: number | undefined
  /** The `fetch` implementation, for example one that uses a proxy. @default the platform's */
  readonly fetch?: typeof fetch | undefined
}

/** A request and its provider. */
export interface ProviderRequest {
  readonly provider: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Aborted when the attempt is abandoned. */
  readonly signal?: AbortSignal | undefined
  /** Whether a response with this status and code is a permanent refusal of this message. @default never */
  readonly isFinal?: (status: number, code: string | undefined) => boolean
}

// Providers put their code in one of these fields. Their messages are ignored since they may quote what was
// sent.
function readCode(body: string): string | undefined {
  try {
    const { code, error } = JSON.parse(body) as { code?: unknown; error?: { code?: unknown } }
    const found = code ?? error?.code
    if (typeof found === 'number') return String(found)
    if (typeof found === 'string' && /^[\w.:-]+$/.test(found)) return found.slice(0, longestCode)
  } catch {
    // A body that is not JSON has no code.
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
    // If the body breaks off, the status is enough.
  }
  return text
}

/** Sends the request. @throws ProviderError for every status except 2xx, and any error that `fetch` throws */
export async function post(request: ProviderRequest, options: HttpOptions): Promise<void> {
  const { provider, url, headers, body, signal, isFinal } = request
  const limit = AbortSignal.timeout(options.timeoutMs ?? 10_000)
  const send = options.fetch ?? fetch
  const response = await send(url, {
    method: 'POST',
    headers,
    body,
    // A redirect would send secrets and credentials to a host that nobody configured.
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
