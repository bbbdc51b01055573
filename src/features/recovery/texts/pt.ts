/** The texts of recovery in Portuguese. */

import type { RecoveryTexts } from './texts.js'

export const pt: RecoveryTexts = {
  'sign_in.forgot': 'Esqueceu-se da palavra-passe?',
  'forgot.title': 'Esqueceu-se da palavra-passe?',
  'forgot.lead':
    'Introduza o seu endereço de email e enviamos-lhe um link para escolher uma nova palavra-passe.',
  'forgot.submit': 'Receber o link',
  'reset.title': 'Escolha uma nova palavra-passe',
  'reset.lead_code':
    'Se {address} tiver uma conta, há um email a caminho. Abra o link ou introduza o código aqui.',
  'reset.lead_link': 'Só falta um passo.',
  'reset.lead_unknown': 'Introduza o seu endereço de email e o código que recebeu.',
  'reset.consequence': 'A sua sessão será terminada em todos os dispositivos.',
  'reset.submit': 'Guardar palavra-passe',
}
