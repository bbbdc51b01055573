/** WhatsApp by the Cloud API of Meta, with an authentication template: the only kind that may carry a code. */

import type { Sender } from '../core/index.js'
import { permanentFault } from './fault.js'
import { post } from './http-request.js'
import type { HttpOptions } from './http-request.js'
import { createChecks } from './options.js'

/** A number of the Cloud API, and the approved template. */
export interface WhatsappOptions extends HttpOptions {
  readonly accessToken: string
  readonly phoneNumberId: string
  /** The name of an approved authentication template with a copy-code button. */
  readonly template: string
  /** The language of the template where the person has no locale; `en_US` by default. */
  readonly language?: string | undefined
  /**
   * All languages in which the template is approved, as Meta writes them, such as `['en_US', 'de', 'pt_BR']`. A person
   * gets the one that fits, else `language`. Without this list the person's locale is asked for as it is, and Meta
   * refuses one that is not approved.
   */
  readonly languages?: readonly string[] | undefined
  /** `https://graph.facebook.com` by default. */
  readonly baseUrl?: string | undefined
  /** `v23.0` by default. */
  readonly apiVersion?: string | undefined
}

// What the Cloud API says of a number that gets no message: it is the sender's own, it is not on WhatsApp or can't be
// reached, or a test number may not write to it.
const finalCodes = new Set(['131021', '131026', '131030'])

/** The approved language that is the whole tag, else the language of it. */
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

/** A sender of codes by WhatsApp. @throws ConfigError with every fault of the options */
export function whatsapp(options: WhatsappOptions): Sender {
  const { accessToken, phoneNumberId, template, language = 'en_US' } = options
  const { languages, baseUrl = 'https://graph.facebook.com', apiVersion = 'v23.0' } = options
  const checks = createChecks('whatsapp')
  checks.text('accessToken', accessToken)
  checks.text('phoneNumberId', phoneNumberId)
  checks.text('template', template)
  checks.text('language', language)
  for (const each of languages ?? []) checks.text('languages', each)
  checks.must(/^v[0-9]+\.[0-9]+$/.test(apiVersion), 'apiVersion must be such as v23.0.')
  checks.http(options)
  checks.url('baseUrl', baseUrl, ['https:', 'http:'])
  checks.done()
  const url = `${baseUrl.replace(/\/$/, '')}/${apiVersion}/${encodeURIComponent(phoneNumberId)}/messages`

  return {
    reaches: ['phone'],
    async deliver({ to, code, locale }, delivery) {
      if (to.type !== 'phone') throw permanentFault('whatsapp delivers to phone numbers alone.')
      if (code === undefined)
        throw permanentFault('whatsapp delivers codes alone: a notice needs a template of its own.')
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
