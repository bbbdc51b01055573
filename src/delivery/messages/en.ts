/** The words of messages in English. */

import type { LocaleTexts } from './texts.js'

export const en: LocaleTexts = {
  events: {
    email: {
      subject: 'Confirm your address',
      reason: 'You get this because this address was used to sign up for {app}.',
      action: 'Confirm the address',
    },
    phone: { subject: 'Confirm your number', reason: 'You get this because this number was given to {app}.' },
    sign_in: {
      subject: 'Sign in to {app}',
      reason: 'You get this because somebody asked to sign in to {app} with this address.',
      action: 'Sign in',
    },
    recovery: {
      subject: 'Set a new password',
      reason: 'You get this because somebody asked for a new password at {app}.',
      action: 'Set a new password',
    },
    email_change: {
      subject: 'Confirm your new address',
      reason: 'You get this because this address is to become the one of an account at {app}.',
      action: 'Confirm the address',
    },
    phone_change: {
      subject: 'Confirm your new number',
      reason: 'You get this because this number is to become the one of an account at {app}.',
    },
    account_verified: {
      subject: 'Your address is confirmed',
      reason: 'Your address was confirmed at {app}.',
    },
    account_recovered: {
      subject: 'Your account was recovered',
      reason: 'Your account at {app} was recovered, and every session was ended.',
    },
    password_changed: {
      subject: 'Your password was changed',
      reason: 'The password of your account at {app} was changed, and other sessions were ended.',
    },
    email_changed: {
      subject: 'Your address was changed',
      reason: 'The email address of your account at {app} was changed.',
    },
    phone_changed: {
      subject: 'Your number was changed',
      reason: 'The phone number of your account at {app} was changed.',
    },
    sign_up_repeated: {
      subject: 'You already have an account',
      reason:
        'Somebody tried to sign up for {app} with this address, which has an account already. You can sign in, or ask for a new password.',
    },
    password_paused: {
      subject: 'Wrong passwords for your account',
      reason:
        'Somebody typed a wrong password for your account at {app} 100 times. In browsers that you have not used before, your password does not sign in until you sign in by a link or a code, or in a browser that you have used before. Your password was not guessed.',
      action: 'Sign in',
    },
    sign_in_approved: {
      subject: 'A browser was let in',
      reason:
        'You let another browser sign in to your account at {app} by the number that it showed. If that was not you, end its session.',
      action: 'See your sessions',
    },
  },
  code: 'Your code',
  orCode: 'Or type this code where you asked for it',
  expires: { one: 'It can be used for {minutes} minute.', other: 'It can be used for {minutes} minutes.' },
  ignore: 'If you did not ask for this, you can ignore this message.',
  alarm: 'If this was not you, ask for a new password at once.',
  short: '{code} is your {app} code. Do not share it.',
}
