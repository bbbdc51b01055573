/** The texts of a change of address in French. */

import type { EmailChangeTexts } from './texts.js'

export const fr: EmailChangeTexts = {
  'confirm.email_change_title': 'Changer d’adresse e-mail\u202f?',
  'confirm.email_change_lead': 'La nouvelle adresse e-mail de votre compte sera {address}.',
  'confirm.email_change_submit': 'Changer d’adresse',
  'confirm.elsewhere_email_change':
    'Ce lien a été demandé dans un autre navigateur. Ouvrez-le dans ce navigateur ou demandez-en un nouveau ici.',
  'notice.address_changed': 'Votre adresse e-mail a été changée.',
}
