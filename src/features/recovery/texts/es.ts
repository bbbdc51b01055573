/** The texts of recovery in Spanish. */

import type { RecoveryTexts } from './texts.js'

export const es: RecoveryTexts = {
  'sign_in.forgot': '¿Has olvidado la contraseña?',
  'forgot.title': '¿Has olvidado la contraseña?',
  'forgot.lead': 'Escribe tu correo electrónico y te enviaremos un enlace para elegir otra contraseña.',
  'forgot.submit': 'Enviar enlace',
  'reset.title': 'Elige una contraseña nueva',
  'reset.lead_code':
    'Si {address} tiene una cuenta, hay un correo en camino. Abre el enlace o escribe el código aquí.',
  'reset.lead_link': 'Solo queda un paso.',
  'reset.lead_unknown': 'Escribe tu correo electrónico y el código que has recibido.',
  'reset.consequence': 'Se cerrará la sesión en todos tus dispositivos.',
  'reset.submit': 'Guardar contraseña',
}
