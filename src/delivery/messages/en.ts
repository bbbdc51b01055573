/** The texts of messages in English. Notices may go by SMS: a typographic apostrophe there costs a second one. */

import type { LocaleTexts } from './texts.js'

export const en: LocaleTexts = {
  events: {
    email: {
      subject: 'Confirm your email address',
      reason: 'You’re receiving this because this address was used to sign up for {app}.',
      action: 'Confirm address',
    },
    phone: {
      subject: 'Confirm your phone number',
      reason: 'You’re receiving this because this number was entered at {app}.',
    },
    sign_in: {
      subject: 'Sign in to {app}',
      reason: 'You’re receiving this because someone asked to sign in to {app} with this address.',
      action: 'Sign in',
    },
    account_verified: {
      subject: 'Your account is confirmed',
      reason: 'Your {app} account is confirmed and ready to use.',
    },
    password_changed: {
      subject: 'Your password was changed',
      reason: 'The password of your {app} account was changed, and your other devices were signed out.',
    },
    sign_up_repeated: {
      subject: 'You already have an account',
      reason:
        'Someone tried to sign up for {app} with this address, but it already has an account. You can sign in, or reset your password.',
    },
    password_paused: {
      subject: 'Wrong passwords for your account',
      reason:
        'Someone entered a wrong password for your {app} account 100 times. Your password was not guessed. To protect you, it no longer works in browsers that you have not used before, until you sign in with a link or a code, or in a browser that you have used before.',
      action: 'Sign in',
    },
    sign_in_approved: {
      subject: 'Another browser was signed in',
      reason:
        'Another browser signed in to your {app} account, approved with the number that it showed. If this was not you, sign it out.',
      action: 'Sign it out',
    },
  },
  code: 'Your code',
  orCode: 'Or enter this code where you requested it',
  expires: { one: 'Valid for {minutes} minute.', other: 'Valid for {minutes} minutes.' },
  ignore: 'If you didn’t request this, you can safely ignore this message.',
  alarm: 'If this wasn’t you, reset your password right away.',
  short: '{code} is your {app} code. Do not share it.',
}
