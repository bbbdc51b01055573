/**
 * Verifications: single-use proofs that a person controls one address, for one purpose (ASVS 5 6.5 and 6.6,
 * NIST SP 800-63B-4 §3.1.3).
 *
 * Invariants: (1) the secret goes only to the sender; (2) an attempt is counted, and the count committed,
 * before the code is compared; (3) redeeming is one guarded statement, so only one of many parallel calls
 * succeeds; (4) a secret is accepted only for its own purpose.
 */

import { AuthError, encodeBase64url, invalidField } from '../base/index.js'
import { maxMissesFor } from './code-lengths.js'
import type { Context } from './context.js'
import type { SecretFailure } from '../base/index.js'
import { readAddress } from './identities.js'
import {
  gone,
  readAuthenticatedAt,
  readFlow,
  readKnownBrowser,
  requireId,
  requireString,
  requireText,
} from './inputs.js'
import type { CodeAttempt, NewVerification, OpenedLink, RedeemBy, Redeemed } from './ports/index.js'
import { readRequester } from './requester.js'
import type { Requester } from './requester.js'
import type { FlowOption, IdentityRef, Issued, RequestOptions, VerificationType, Verified } from './types.js'

/** Validates the purpose. @throws TypeError for an unknown purpose */
export function requireVerificationType({ settings }: Context, type: unknown): VerificationType {
  if (typeof type === 'string' && Object.hasOwn(settings.purposes, type)) return type as VerificationType
  throw new TypeError(`Unknown verification type; use one of ${Object.keys(settings.purposes).join(', ')}.`)
}

/** Generates the secrets of a verification that is about to be stored. */
export function mintVerification(
  context: Context,
  type: VerificationType,
  { flow, ip, userAgent, knownBrowser }: Requester,
): NewVerification {
  const { secrets, settings } = context
  const { linkLifetimeMs, codeLifetimeMs, codeLengths } = settings.verification
  return {
    ...secrets.newVerification(type),
    flowHash: flow === null ? null : secrets.hashFlow(flow),
    knownBrowser: digestBrowser(context, knownBrowser),
    linkLifetimeMs,
    codeLifetimeMs,
    codeLengths,
    ip,
    userAgent,
  }
}

function digestBrowser({ secrets }: Context, knownBrowser: string | null): string | null {
  return knownBrowser === null ? null : encodeBase64url(secrets.hashFlow(knownBrowser))
}

/** A code that matched, and the attempts to give back when it is used. */
export interface JudgedCode {
  readonly by: Extract<RedeemBy, { readonly kind: 'code' }>
  readonly attempt: CodeAttempt
  readonly ids: readonly string[]
}

/**
 * Counts one attempt, commits the count, and only then compares.
 * @throws AuthError `invalid_token`, or `unavailable` when it may be right under a key that this node does
 * not have
 * @throws TypeError inside a transaction, where the count could be rolled back
 */
export async function judgeCode(context: Context, code: string, attempt: CodeAttempt): Promise<JudgedCode> {
  const { store, secrets } = context
  if (context.inTransaction) {
    throw new TypeError(
      'Verify a code outside of your transaction: the attempt must stay counted if you roll back. ' +
        'Verify first, then begin the transaction.',
    )
  }
  const { candidates, unreadable } = await store.verifications.countAttempt(attempt)
  // Compare every candidate, so that timing doesn't reveal which one matched.
  const matches = candidates.filter((candidate) => secrets.codeMatches(code, attempt.type, candidate))
  const [match] = matches
  // It may be the right code: a node with that key can decide.
  if (match === undefined && unreadable) throw underUnknownKey()
  if (match === undefined) {
    const reason = candidates.length === 0 ? 'code_unknown_or_exhausted' : 'code_wrong'
    throw await refuseSecret(context, attempt.type, { reason, valueKey: attempt.valueKey })
  }
  const ids = candidates.map((candidate) => candidate.id)
  const { knownBrowser } = attempt
  const by = { kind: 'code', id: match.id, codeMac: match.codeMac, refund: ids.length, knownBrowser } as const
  return { by, attempt, ids }
}

/**
 * Uses a code that matched. A fault doesn't use up an attempt, and is thrown even if the attempt can't be
 * given back.
 */
export async function useCode<T>(
  { store }: Context,
  { attempt, ids }: JudgedCode,
  use: () => Promise<T>,
): Promise<T> {
  try {
    return await use()
  } catch (thrown) {
    const isRefusal = AuthError.is(thrown) && thrown.code !== 'unavailable' && thrown.code !== 'internal'
    if (!isRefusal) await store.verifications.refundAttempt(attempt, ids).catch(() => undefined)
    throw thrown
  }
}

/** The error for a secret that this node can't check, because it does not have the key. */
export function underUnknownKey(): AuthError {
  return new AuthError('unavailable', { reason: 'key_unknown', retryAfterMs: 1000 })
}

/** Records a refused secret. Returns the refusal, whose public code gives no reason. */
export async function refuseSecret(
  context: Context,
  type: VerificationType,
  { reason, valueKey = null }: { readonly reason: SecretFailure; readonly valueKey?: string | null },
): Promise<AuthError> {
  const addressMac = valueKey === null ? null : context.secrets.digestAddress(valueKey)
  await context.store.verifications.recordFailure({ type, reason, addressMac })
  return new AuthError('invalid_token', { reason })
}

/**
 * Reads a link token, to find its verification.
 * @throws AuthError `input_invalid` when the token is not a string, `invalid_token` when it is malformed
 */
export function readLink(context: Context, token: unknown, flow: string | null): OpenedLink {
  const linkHash = context.secrets.readLinkToken(requireString('token', token))
  if (linkHash === null) throw new AuthError('invalid_token', { reason: 'link_malformed' })
  return { linkHash, flowHash: flow === null ? null : context.secrets.hashFlow(flow) }
}

/**
 * Reads an attempt at a code, for this address and flow. A malformed code is not counted.
 * @throws AuthError `input_invalid` when a value is not a string, `invalid_token` when it is malformed
 */
export function readCode(
  context: Context,
  input: { code: unknown; value: unknown; options: unknown },
  type: VerificationType,
): CodeAttempt {
  const code = requireString('code', input.code)
  const value = requireString('value', input.value)
  const address = readAddress(context, addressType(context, type, value), value)
  const maxMisses = maxMissesFor(context.settings.verification.codeLengths, code.length)
  if (address === null || maxMisses === undefined || !context.secrets.isCode(code)) {
    throw new AuthError('invalid_token', { reason: 'code_malformed' })
  }
  const flow = readFlow(input.options)
  const flowHash = flow === null ? null : context.secrets.hashFlow(flow)
  const knownBrowser = digestBrowser(context, readKnownBrowser(input.options))
  const { keyVersions } = context.secrets
  return { type, valueKey: address.key, flowHash, keyVersions, knownBrowser, maxMisses }
}

function addressType({ settings }: Context, type: VerificationType, value: string): 'email' | 'phone' {
  const { fits } = settings.purposes[type]
  if (!fits.includes('email')) return 'phone'
  return fits.includes('phone') && !value.includes('@') ? 'phone' : 'email'
}

/**
 * The browser that a proof is kept for, if it is `resumable`.
 * @throws TypeError when no `flow` is given to keep it for
 */
export function readHolder({ secrets }: Context, options: FlowOption): Uint8Array | null {
  if (options.resumable !== true) return null
  const flow = readFlow(options)
  if (flow === null) throw new TypeError('The option `resumable` needs a `flow`.')
  return secrets.hashFlow(flow)
}

/**
 * Redeems a secret and returns what it proved.
 * @throws AuthError `invalid_token`, `confirmation_required`, `already_claimed`
 */
export async function redeemSecret(
  context: Context,
  { type, by }: { readonly type: VerificationType; readonly by: RedeemBy },
  options: { readonly newPassword: string | null; readonly holder: Uint8Array | null },
): Promise<Verified> {
  const redeemed = await context.store.verifications.redeem(type, by, options)
  const verified = await settleRedemption(context, type, redeemed)
  return options.holder === null ? verified : { ...verified, proof: verified.verification.id }
}

/**
 * Turns a redemption into its result.
 * @throws AuthError `invalid_token`, `confirmation_required`, `already_claimed`
 */
export async function settleRedemption(
  context: Context,
  type: VerificationType,
  redeemed: Redeemed,
): Promise<Verified> {
  if (redeemed.outcome === 'invalid')
    throw await refuseSecret(context, type, { reason: 'unknown_expired_or_used' })
  if (redeemed.outcome !== 'verified') throw new AuthError(redeemed.outcome)
  const { user, identity, verification, redeemedAt } = redeemed
  context.announcer.queued()
  return { user, identity, verification, authenticatedAt: redeemedAt }
}

/** The verification operations. */
export function createVerifications(context: Context) {
  const { store, announcer } = context

  async function issue(
    identity: IdentityRef,
    type: VerificationType,
    options: RequestOptions = {},
  ): Promise<Issued> {
    const identityId = requireId('identity', identity)
    const minted = mintVerification(context, requireVerificationType(context, type), readRequester(options))
    const issued = await store.verifications.issue(identityId, minted)
    switch (issued.outcome) {
      case 'gone':
        throw gone('identity')
      case 'unproven':
        throw new AuthError('not_found', { reason: 'identity_unverified' })
      case 'unfit':
        throw invalidField('type', 'mismatch')
      case 'issued':
    }
    announcer.queued()
    return { codeLength: issued.codeLength }
  }

  return {
    issueIdentityVerification: issue,

    requestEmailVerification: (identity: IdentityRef, options: RequestOptions = {}): Promise<Issued> =>
      issue(identity, 'email', options),

    async getCodeLength(
      type: 'email' | 'phone',
      value: string,
      options: Pick<FlowOption, 'knownBrowser'> = {},
    ): Promise<number> {
      const address = readAddress(context, type, requireText('value', value))
      const { codeLengths } = context.settings.verification
      const knownBrowser = digestBrowser(context, readKnownBrowser(options))
      return store.verifications.codeLength({ valueKey: address?.key ?? '', knownBrowser }, codeLengths)
    },

    async verifyMagicCode(
      code: string,
      type: VerificationType,
      value: string,
      options: FlowOption = {},
    ): Promise<Verified> {
      const purpose = requireVerificationType(context, type)
      const holder = readHolder(context, options)
      const attempt = readCode(context, { code, value, options }, purpose)
      const judged = await judgeCode(context, code, attempt)
      return useCode(context, judged, () =>
        redeemSecret(context, { type: purpose, by: judged.by }, { newPassword: null, holder }),
      )
    },

    async verifyMagicLink(
      token: string,
      type: VerificationType,
      options: FlowOption = {},
    ): Promise<Verified> {
      const purpose = requireVerificationType(context, type)
      const by = { kind: 'link', ...readLink(context, token, readFlow(options)) } as const
      const holder = readHolder(context, options)
      return redeemSecret(context, { type: purpose, by }, { newPassword: null, holder })
    },

    async settleProof(proof: string, authenticatedAt?: Date): Promise<boolean> {
      const redeemedAt = readAuthenticatedAt(authenticatedAt)
      return store.verifications.settle(requireId('proof', { id: proof }), redeemedAt)
    },
  }
}
