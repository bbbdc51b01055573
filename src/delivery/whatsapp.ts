/** WhatsApp by the Cloud API of Meta, with an authentication template: the only kind that may carry a code. */

import type { Sender } from '../core/index.js'
import { post } from './http-request.js'
import { createChecks } from './options.js'

/** A number of the Cloud API, and the approved template. */
export interface WhatsappOptions {
  readonly accessToken: string
  readonly phoneNumberId: string
  /** The name of an approved authentication template with a copy-code button. */
  readonly template: string
  /** The language of the template where the person has no locale; `en_US` by default. */
  readonly language?: string | undefined
  /** `https://graph.facebook.com` by default. */
  readonly baseUrl?: string | undefined
  /** `v23.0` by default. */
  readonly apiVersion?: string | undefined
  /** 10000 by default. */
  readonly timeoutMs?: number | undefined
}

/** A sender of codes by WhatsApp. @throws ConfigError with every fault of the options */
export function whatsapp(options: WhatsappOptions): Sender {
  const { accessToken, phoneNumberId, template, language = 'en_US' } = options
  const { baseUrl = 'https://graph.facebook.com', apiVersion = 'v23.0', timeoutMs = 10_000 } = options
  const checks = createChecks('whatsapp')
  checks.text('accessToken', accessToken)
  checks.text('phoneNumberId', phoneNumberId)
  checks.text('template', template)
  checks.url('baseUrl', baseUrl, ['https:', 'http:'])
  checks.done()
  const url = `${baseUrl.replace(/\/$/, '')}/${apiVersion}/${encodeURIComponent(phoneNumberId)}/messages`

  return {
    async deliver({ to, code, locale }) {
      if (to.type !== 'phone') throw new Error('whatsapp delivers to phone numbers alone.')
      if (code === undefined)
        throw new Error('whatsapp delivers codes alone: a notice needs a template of its own.')
      const parameters = [{ type: 'text', text: code }]
      const body = {
        messaging_product: 'whatsapp',
        recipient_type: 'individual',
        to: to.value.replace(/^\+/, ''),
        type: 'template',
        template: {
          name: template,
          language: { code: locale?.replace('-', '_') ?? language },
          components: [
            { type: 'body', parameters },
            { type: 'button', sub_type: 'url', index: '0', parameters },
          ],
        },
      }
      await post({
        provider: 'WhatsApp',
        url,
        headers: { Authorization: `Bearer ${accessToken}`, 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
        timeoutMs,
      })
    },
  }
}
