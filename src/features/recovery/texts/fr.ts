/** The texts of recovery in French. */

import type { RecoveryTexts } from './texts.js'

export const fr: RecoveryTexts = {
  'sign_in.forgot': 'Mot de passe oublié\u202f?',
  'forgot.title': 'Mot de passe oublié\u202f?',
  'forgot.lead':
    'Saisissez votre adresse e-mail et nous vous enverrons un lien pour choisir un nouveau mot de passe.',
  'forgot.submit': 'Recevoir le lien',
  'reset.title': 'Choisissez un nouveau mot de passe',
  'reset.lead_code':
    'Si {address} a un compte, un e-mail est en route. Ouvrez le lien qu’il contient ou saisissez le code ici.',
  'reset.lead_link': 'Plus qu’une étape.',
  'reset.lead_unknown': 'Saisissez votre adresse e-mail et le code que vous avez reçu.',
  'reset.consequence': 'Tous vos appareils seront déconnectés.',
  'reset.submit': 'Enregistrer le mot de passe',
}
