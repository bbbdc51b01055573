/** Signing in by a short code that is sent to an email or a phone (ASVS 5 6.6, NIST SP 800-63B-4 §3.1.3). */

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
      // The core tells the kind of an address by its form; a code for one kind is worth nothing at the route of another.
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

/** The strategy `email-otp`: a code to an email. */
export function emailOtp(): Strategy {
  return oneTimeCode('email-otp', 'Email code', 'email')
}

/** The strategy `sms-otp`: a code to a phone, by text message. */
export function smsOtp(): Strategy {
  return oneTimeCode('sms-otp', 'Text message', 'phone')
}

/** The strategy `whatsapp`: a code to a phone, by WhatsApp. The configured sender decides how it travels. */
export function whatsapp(): Strategy {
  return oneTimeCode('whatsapp', 'WhatsApp', 'phone')
}
