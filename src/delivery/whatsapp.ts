/** WhatsApp by Meta's Cloud API, with an authentication template: the only kind that may carry a code. */

import type { Sender } from '../core/index.js'
import { permanentFault } from './fault.js'
import { post } from './http-request.js'
import type { HttpOptions } from './http-request.js'
import { createChecks } from './options.js'

/** A number of the Cloud API and its approved template. */
export interface WhatsappOptions extends HttpOptions {
  /** The access token of the Cloud API. */
  readonly accessToken: string
  /** Meta's id of the sending number. */
  readonly phoneNumberId: string
  /** The name of an approved authentication template with a copy-code button. */
  readonly template: string
  /** The language of the template for people without a locale. @default 'en_US' */
  readonly language?: string | undefined
  /**
   * All approved languages of the template, as Meta writes them, such as `['en_US', 'de', 'pt_BR']`. Each
   * person gets the language that matches their locale, else `language`. Without this list, their locale is
   * sent as it is, and Meta refuses one that is not approved.
   */
  readonly languages?: readonly string[] | undefined
  /** The origin of the API. @default 'https://graph.facebook.com' */
  readonly baseUrl?: string | undefined
  /** The version of the API. @default 'v23.0' */
  readonly apiVersion?: string | undefined
}

// The Cloud API's error codes for a number that can't get messages: it is the sender's own, is not on
// WhatsApp or can't be reached, or a test number may not write to it.
const finalCodes = new Set(['131021', '131026', '131030'])

/** The approved language that matches the whole tag, else its language. */
function chooseLanguage(locale: string, languages: readonly string[] | undefined): string | undefined {
  const wanted = locale.replaceAll('-', '_')
  if (languages === undefined) return wanted
  const folded = wanted.toLowerCase()
  const [language] = folded.split('_')
  return (
    languages.find((each) => each.toLowerCase() === folded) ??
    languages.find((each) => each.toLowerCase().split('_')[0] === language)
  )
}

/**
 * Sends codes by WhatsApp. It can't send notices.
 * @example
 * ```ts
 * const phone = whatsapp({ accessToken: process.env.META_TOKEN, phoneNumberId: '1055…', template: 'sign_in_code' })
 * ```
 * @throws ConfigError with every problem of the options
 */
export function whatsapp(options: WhatsappOptions): Sender {
  const { accessToken, phoneNumberId, template, language = 'en_US' } = options
  const { languages, baseUrl = 'https://graph.facebook.com', apiVersion = 'v23.0' } = options
  const checks = createChecks('whatsapp')
  checks.text('accessToken', accessToken)
  checks.text('phoneNumberId', phoneNumberId)
  checks.text('template', template)
  checks.text('language', language)
  for (const each of languages ?? []) checks.text('languages', each)
  checks.must(/^v[0-9]+\.[0-9]+$/.test(apiVersion), 'apiVersion must look like v23.0.')
  checks.http(options)
  checks.url('baseUrl', baseUrl, ['https:', 'http:'])
  checks.done()
  const url = `${baseUrl.replace(/\/$/, '')}/${apiVersion}/${encodeURIComponent(phoneNumberId)}/messages`

  return {
    reaches: ['phone'],
    async deliver({ to, code, locale }, delivery) {
      if (to.type !== 'phone') throw permanentFault('whatsapp delivers only to phone numbers.')
      if (code === undefined)
        throw permanentFault('whatsapp delivers only codes; a notice needs its own template.')
      const parameters = [{ type: 'text', text: code }]
      const body = {
        messaging_product: 'whatsapp',
        recipient_type: 'individual',
        to: to.value.replace(/^\+/, ''),
        type: 'template',
        template: {
          name: template,
          language: {
            code: (locale === undefined ? undefined : chooseLanguage(locale, languages)) ?? language,
          },
          components: [
            { type: 'body', parameters },
            { type: 'button', sub_type: 'url', index: '0', parameters },
          ],
        },
      }
      const headers = { Authorization: `Bearer ${accessToken}`, 'Content-Type': 'application/json' }
      const isFinal = (status: number, refusal: string | undefined): boolean =>
        status === 400 && refusal !== undefined && finalCodes.has(refusal)
      const request = { provider: 'WhatsApp', url, headers, body: JSON.stringify(body) }
      await post({ ...request, isFinal, signal: delivery?.signal }, options)
    },
  }
}
