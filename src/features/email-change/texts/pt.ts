/** The texts of a change of address in Portuguese. */

import type { EmailChangeTexts } from './texts.js'

export const pt: EmailChangeTexts = {
  'confirm.email_change_title': 'Alterar o seu endereço de email?',
  'confirm.email_change_lead': 'O novo endereço de email da sua conta será {address}.',
  'confirm.email_change_submit': 'Alterar endereço',
  'confirm.elsewhere_email_change': 'Este link foi pedido noutro navegador. Abra-o lá ou peça um novo aqui.',
  'notice.address_changed': 'O seu endereço de email foi alterado.',
}
