/** Text messages by the REST API of Twilio. */

import type { Sender } from '../core/index.js'
import { permanentFault } from './fault.js'
import { post } from './http-request.js'
import type { HttpOptions } from './http-request.js'
import { renderShort } from './messages/index.js'
import type { WordingOptions } from './messages/index.js'
import { createChecks } from './options.js'

/** A Twilio account and the sender of its messages. */
export interface SmsOptions extends WordingOptions, HttpOptions {
  /** The account, such as `AC…`. */
  readonly accountSid: string
  /** The secret of the account. */
  readonly authToken: string
  /** A number in E.164 or a sender name. Give either this or `messagingServiceSid`. */
  readonly from?: string | undefined
  /** A messaging service that chooses the number. Give either this or `from`. */
  readonly messagingServiceSid?: string | undefined
  /** The origin of the API. @default 'https://api.twilio.com' */
  readonly baseUrl?: string | undefined
}

// Twilio's error codes for a number that can't get messages now or later (twilio.com/docs/api/errors): it is
// invalid, can't receive texts, or its owner has replied STOP.
const finalCodes = new Set('21211 21214 21217 21401 21407 21610 21612 21614 21635'.split(' '))

/**
 * Sends text messages by Twilio (`POST /2010-04-01/Accounts/{sid}/Messages.json`).
 * @example
 * ```ts
 * const phone = sms({ accountSid: 'AC…', authToken: process.env.TWILIO_AUTH_TOKEN, from: '+15550100' })
 * ```
 * @throws ConfigError with every problem of the options
 */
export function sms(options: SmsOptions): Sender {
  const { accountSid, authToken, from, messagingServiceSid } = options
  const { baseUrl = 'https://api.twilio.com' } = options
  const checks = createChecks('sms')
  checks.text('accountSid', accountSid)
  checks.text('authToken', authToken)
  checks.must(
    (from === undefined) !== (messagingServiceSid === undefined),
    'give either from or messagingServiceSid.',
  )
  checks.optionalText('from', from)
  checks.optionalText('messagingServiceSid', messagingServiceSid)
  checks.optionalText('appName', options.appName)
  checks.http(options)
  checks.url('baseUrl', baseUrl, ['https:', 'http:'])
  checks.done()
  const url = `${baseUrl.replace(/\/$/, '')}/2010-04-01/Accounts/${encodeURIComponent(accountSid)}/Messages.json`
  const credentials = Buffer.from(`${accountSid}:${authToken}`).toString('base64')
  const origin = from === undefined ? { MessagingServiceSid: messagingServiceSid as string } : { From: from }

  return {
    reaches: ['phone'],
    async deliver(message, delivery) {
      if (message.to.type !== 'phone') throw permanentFault('sms delivers only to phone numbers.')
      const body = new URLSearchParams({
        To: message.to.value,
        ...origin,
        Body: renderShort(message, options, delivery?.now ?? new Date()),
      })
      const headers = {
        Authorization: `Basic ${credentials}`,
        'Content-Type': 'application/x-www-form-urlencoded',
      }
      const isFinal = (status: number, code: string | undefined): boolean =>
        status === 400 && code !== undefined && finalCodes.has(code)
      const request = { provider: 'Twilio', url, headers, body: body.toString() }
      await post({ ...request, isFinal, signal: delivery?.signal }, options)
    },
  }
}
