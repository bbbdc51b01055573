/** Sign-in by a short code sent to an email address or a phone (ASVS 5 6.6, NIST SP 800-63B-4 §3.1.3). */

import { AuthError } from '../base/index.js'
import { askForSignIn } from './passwordless.js'
import type { Strategy } from './strategy.js'

function oneTimeCode(id: string, name: string, identity: 'email' | 'phone'): Strategy {
  return {
    id,
    name,
    identity,
    kind: 'passwordless',
    fields: {
      request: [{ name: identity, type: identity }],
      callback: [
        { name: identity, type: identity },
        { name: 'code', type: 'code' },
      ],
    },
    request: (context, input) => askForSignIn(context, identity, input[identity] ?? ''),
    async callback({ accounts, requester }, input) {
      const value = input[identity] ?? ''
      // The core infers the type of an address from its form. A code for one type must not work at the other
      // type's route.
      if (value.includes('@') !== (identity === 'email'))
        throw new AuthError('invalid_token', { reason: 'address_of_another_kind' })
      const typed = input['code'] ?? ''
      const { user, authenticatedAt, proof } = await accounts.verifyMagicCode(typed, 'sign_in', value, {
        ...requester,
        resumable: true,
      })
      return { status: 'proved', user, methods: [id], authenticatedAt, proof }
    },
  }
}

/**
 * The strategy `email-otp`: sign-in by a code sent to an email address.
 * @example
 * ```ts
 * createAuth({ strategies: [password(), emailOtp()] })
 * ```
 */
export function emailOtp(): Strategy {
  return oneTimeCode('email-otp', 'Email code', 'email')
}

/**
 * The strategy `sms-otp`: sign-in by a code in a text message. The sender must reach phones.
 * @example
 * ```ts
 * createAuth({ sender: sms(twilio), strategies: [smsOtp()] })
 * ```
 */
export function smsOtp(): Strategy {
  return oneTimeCode('sms-otp', 'Text message', 'phone')
}

/**
 * The strategy `whatsapp`: sign-in by a code sent to a phone. The sender must deliver it, for example
 * `whatsapp()` from `latchkey/delivery/whatsapp`.
 * @example
 * ```ts
 * createAuth({ sender: route({ email: mail, phone: meta }), strategies: [whatsapp()] })
 * ```
 */
export function whatsapp(): Strategy {
  return oneTimeCode('whatsapp', 'WhatsApp', 'phone')
}
