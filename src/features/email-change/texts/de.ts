/** The texts of a change of address in German. */

import type { EmailChangeTexts } from './texts.js'

export const de: EmailChangeTexts = {
  'confirm.email_change_title': 'E-Mail-Adresse ändern?',
  'confirm.email_change_lead': 'Die neue E-Mail-Adresse Ihres Kontos wird {address}.',
  'confirm.email_change_submit': 'Adresse ändern',
  'confirm.elsewhere_email_change':
    'Dieser Link wurde in einem anderen Browser angefordert. Öffnen Sie ihn dort oder fordern Sie hier einen neuen an.',
  'notice.address_changed': 'Ihre E-Mail-Adresse wurde geändert.',
}
