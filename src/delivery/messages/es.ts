/** The texts of messages in Spanish. */

import type { LocaleTexts } from './texts.js'

export const es: LocaleTexts = {
  events: {
    email: {
      subject: 'Confirma tu dirección de correo',
      reason: 'Recibes este mensaje porque alguien se ha registrado en {app} con esta dirección.',
      action: 'Confirmar dirección',
    },
    phone: {
      subject: 'Confirma tu número de teléfono',
      reason: 'Recibes este mensaje porque este número se ha indicado en {app}.',
    },
    sign_in: {
      subject: 'Inicia sesión en {app}',
      reason: 'Recibes este mensaje porque alguien ha pedido iniciar sesión en {app} con esta dirección.',
      action: 'Iniciar sesión',
    },
    account_verified: {
      subject: 'Tu cuenta está confirmada',
      reason: 'Tu cuenta de {app} está confirmada y lista para usarse.',
    },
    password_changed: {
      subject: 'Tu contraseña se ha cambiado',
      reason:
        'La contraseña de tu cuenta de {app} se ha cambiado y se ha cerrado la sesión en tus otros dispositivos.',
    },
    sign_up_repeated: {
      subject: 'Ya tienes una cuenta',
      reason:
        'Alguien ha intentado registrarse en {app} con esta dirección, que ya tiene una cuenta. Puedes iniciar sesión o elegir una contraseña nueva.',
    },
    password_paused: {
      subject: 'Contraseñas incorrectas para tu cuenta',
      reason:
        'Alguien ha escrito 100 veces una contraseña incorrecta para tu cuenta de {app}. Nadie ha adivinado tu contraseña. Para protegerte, no funcionará en los navegadores que no hayas usado antes hasta que inicies sesión con un enlace o un código, o en un navegador que ya hayas usado.',
      action: 'Iniciar sesión',
    },
    sign_in_approved: {
      subject: 'Otro navegador ha iniciado sesión',
      reason:
        'Otro navegador ha iniciado sesión en tu cuenta de {app} con el número que mostraba. Si no has sido tú, cierra esa sesión.',
      action: 'Cerrar esa sesión',
    },
  },
  code: 'Tu código',
  orCode: 'O escribe este código donde lo has solicitado',
  expires: { one: 'Válido durante {minutes} minuto.', other: 'Válido durante {minutes} minutos.' },
  ignore: 'Si no lo has solicitado, puedes ignorar este mensaje.',
  alarm: 'Si no has sido tú, cambia la contraseña de inmediato.',
  short: '{code} es tu código de {app}. No lo compartas.',
}
