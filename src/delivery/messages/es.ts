/** The words of messages in Spanish. */

import type { LocaleTexts } from './texts.js'

export const es: LocaleTexts = {
  events: {
    email: {
      subject: 'Confirma tu dirección',
      reason: 'Recibes este mensaje porque esta dirección se usó para registrarse en {app}.',
      action: 'Confirmar la dirección',
    },
    phone: {
      subject: 'Confirma tu número',
      reason: 'Recibes este mensaje porque este número se indicó en {app}.',
    },
    sign_in: {
      subject: 'Inicia sesión en {app}',
      reason: 'Recibes este mensaje porque alguien pidió iniciar sesión en {app} con esta dirección.',
      action: 'Iniciar sesión',
    },
    recovery: {
      subject: 'Elige una contraseña nueva',
      reason: 'Recibes este mensaje porque alguien pidió una contraseña nueva en {app}.',
      action: 'Elegir contraseña nueva',
    },
    email_change: {
      subject: 'Confirma tu nueva dirección',
      reason: 'Recibes este mensaje porque esta dirección va a ser la de una cuenta en {app}.',
      action: 'Confirmar la dirección',
    },
    phone_change: {
      subject: 'Confirma tu nuevo número',
      reason: 'Recibes este mensaje porque este número va a ser el de una cuenta en {app}.',
    },
    account_verified: {
      subject: 'Tu dirección está confirmada',
      reason: 'Tu dirección se confirmó en {app}.',
    },
    account_recovered: {
      subject: 'Tu cuenta se ha recuperado',
      reason: 'Tu cuenta en {app} se ha recuperado y se han cerrado todas las sesiones.',
    },
    password_changed: {
      subject: 'Tu contraseña ha cambiado',
      reason: 'La contraseña de tu cuenta en {app} ha cambiado y se han cerrado las demás sesiones.',
    },
    email_changed: {
      subject: 'Tu dirección ha cambiado',
      reason: 'La dirección de correo de tu cuenta en {app} ha cambiado.',
    },
    phone_changed: {
      subject: 'Tu número ha cambiado',
      reason: 'El número de teléfono de tu cuenta en {app} ha cambiado.',
    },
    sign_up_repeated: {
      subject: 'Ya tienes una cuenta',
      reason:
        'Alguien intentó registrarse en {app} con esta dirección, que ya tiene una cuenta. Puedes iniciar sesión o pedir una contraseña nueva.',
    },
    password_paused: {
      subject: 'Contraseñas incorrectas para tu cuenta',
      reason:
        'Alguien escribió 100 veces una contraseña incorrecta para tu cuenta en {app}. En los navegadores que no has usado antes, tu contraseña no sirve hasta que entres con un enlace o un código, o en un navegador que ya hayas usado. Nadie ha adivinado tu contraseña.',
      action: 'Iniciar sesión',
    },
    sign_in_approved: {
      subject: 'Se permitió el acceso a otro navegador',
      reason:
        'Permitiste que otro navegador iniciara sesión en tu cuenta de {app} con el número que mostraba. Si no fuiste tú, cierra esa sesión.',
      action: 'Ver tus sesiones',
    },
  },
  code: 'Tu código',
  orCode: 'O escribe este código donde lo pediste',
  expires: {
    one: 'Se puede usar durante {minutes} minuto.',
    other: 'Se puede usar durante {minutes} minutos.',
  },
  ignore: 'Si no lo pediste, puedes ignorar este mensaje.',
  alarm: 'Si no fuiste tú, pide una contraseña nueva cuanto antes.',
  short: '{code} es tu código de {app}. No lo compartas.',
}
