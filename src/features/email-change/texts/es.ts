/** The texts of a change of address in Spanish. */

import type { EmailChangeTexts } from './texts.js'

export const es: EmailChangeTexts = {
  'confirm.email_change_title': '¿Cambiar tu dirección de correo?',
  'confirm.email_change_lead': 'La nueva dirección de correo de tu cuenta será {address}.',
  'confirm.email_change_submit': 'Cambiar dirección',
  'confirm.elsewhere_email_change':
    'Este enlace se solicitó en otro navegador. Ábrelo allí o solicita uno nuevo aquí.',
  'notice.address_changed': 'Tu dirección de correo se ha cambiado.',
}
