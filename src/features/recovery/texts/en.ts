/** The texts of recovery in English. */

export const en = {
  'sign_in.forgot': 'Forgot your password?',
  'forgot.title': 'Forgot your password?',
  'forgot.lead': 'Enter your email address and we’ll send you a link to reset your password.',
  'forgot.submit': 'Send reset link',
  'reset.title': 'Choose a new password',
  'reset.lead_code':
    'If {address} has an account, an email is on its way. Open the link in it, or enter the code here.',
  'reset.lead_link': 'Just one step left.',
  'reset.lead_unknown': 'Enter your email address and the code you received.',
  'reset.consequence': 'You’ll be signed out on all devices.',
  'reset.submit': 'Save new password',
} as const
