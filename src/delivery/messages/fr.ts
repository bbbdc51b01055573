/** The texts of messages in French. */

import type { LocaleTexts } from './texts.js'

export const fr: LocaleTexts = {
  events: {
    email: {
      subject: 'Confirmez votre adresse e-mail',
      reason: 'Vous recevez ce message parce que cette adresse a servi à créer un compte sur {app}.',
      action: 'Confirmer l’adresse',
    },
    phone: {
      subject: 'Confirmez votre numéro de téléphone',
      reason: 'Vous recevez ce message parce que ce numéro a été saisi sur {app}.',
    },
    sign_in: {
      subject: 'Connexion à {app}',
      reason:
        'Vous recevez ce message parce que quelqu’un a demandé à se connecter à {app} avec cette adresse.',
      action: 'Se connecter',
    },
    account_verified: {
      subject: 'Votre compte est confirmé',
      reason: 'Votre compte {app} est confirmé et prêt à être utilisé.',
    },
    password_changed: {
      subject: 'Votre mot de passe a été changé',
      reason:
        'Le mot de passe de votre compte {app} a été changé et vos autres appareils ont été déconnectés.',
    },
    sign_up_repeated: {
      subject: 'Vous avez déjà un compte',
      reason:
        'Quelqu’un a voulu créer un compte sur {app} avec cette adresse, qui en a déjà un. Vous pouvez vous connecter ou choisir un nouveau mot de passe.',
    },
    password_paused: {
      subject: 'Mots de passe incorrects pour votre compte',
      reason:
        'Quelqu’un a saisi 100 fois un mot de passe incorrect pour votre compte {app}. Votre mot de passe n’a pas été deviné. Pour vous protéger, il ne fonctionne plus dans les navigateurs que vous n’avez jamais utilisés, jusqu’à ce que vous vous connectiez avec un lien ou un code, ou dans un navigateur que vous avez déjà utilisé.',
      action: 'Se connecter',
    },
    sign_in_approved: {
      subject: 'Un autre navigateur s’est connecté',
      reason:
        'Un autre navigateur s’est connecté à votre compte {app}, grâce au nombre qu’il affichait. Si ce n’était pas vous, déconnectez-le.',
      action: 'Le déconnecter',
    },
  },
  code: 'Votre code',
  orCode: 'Ou saisissez ce code là où vous l’avez demandé',
  expires: { one: 'Valable {minutes} minute.', other: 'Valable {minutes} minutes.' },
  ignore: 'Si vous n’avez rien demandé, vous pouvez ignorer ce message.',
  alarm: 'Si ce n’était pas vous, changez immédiatement votre mot de passe.',
  short: '{code} est votre code {app}. Ne le communiquez à personne.',
}
