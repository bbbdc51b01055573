/** The texts of a change of address in English. */

export const en = {
  'confirm.email_change_title': 'Change your email address?',
  'confirm.email_change_lead': 'The new email address of your account will be {address}.',
  'confirm.email_change_submit': 'Change address',
  'confirm.elsewhere_email_change':
    'This link was requested in another browser. Open it there, or request a new one here.',
  'notice.address_changed': 'Your email address has been changed.',
} as const
