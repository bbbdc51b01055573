/** The texts of recovery in German. */

import type { RecoveryTexts } from './texts.js'

export const de: RecoveryTexts = {
  'sign_in.forgot': 'Passwort vergessen?',
  'forgot.title': 'Passwort vergessen?',
  'forgot.lead':
    'Geben Sie Ihre E-Mail-Adresse ein. Wir senden Ihnen einen Link, um ein neues Passwort festzulegen.',
  'forgot.submit': 'Link anfordern',
  'reset.title': 'Neues Passwort wählen',
  'reset.lead_code':
    'Wenn zu {address} ein Konto gehört, ist eine E-Mail unterwegs. Öffnen Sie den Link darin oder geben Sie hier den Code ein.',
  'reset.lead_link': 'Nur noch ein Schritt.',
  'reset.lead_unknown': 'Geben Sie Ihre E-Mail-Adresse und den Code ein, den Sie erhalten haben.',
  'reset.consequence': 'Sie werden auf allen Geräten abgemeldet.',
  'reset.submit': 'Passwort speichern',
}
