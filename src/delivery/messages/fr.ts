/** The words of messages in French. */

import type { LocaleTexts } from './texts.js'

export const fr: LocaleTexts = {
  events: {
    email: {
      subject: 'Confirmez votre adresse',
      reason: 'Vous recevez ce message parce que cette adresse a servi à créer un compte sur {app}.',
      action: 'Confirmer l’adresse',
    },
    phone: {
      subject: 'Confirmez votre numéro',
      reason: 'Vous recevez ce message parce que ce numéro a été indiqué à {app}.',
    },
    sign_in: {
      subject: 'Connexion à {app}',
      reason:
        'Vous recevez ce message parce que quelqu’un a demandé à se connecter à {app} avec cette adresse.',
      action: 'Se connecter',
    },
    recovery: {
      subject: 'Choisissez un nouveau mot de passe',
      reason: 'Vous recevez ce message parce que quelqu’un a demandé un nouveau mot de passe sur {app}.',
      action: 'Choisir un mot de passe',
    },
    email_change: {
      subject: 'Confirmez votre nouvelle adresse',
      reason: 'Vous recevez ce message parce que cette adresse va devenir celle d’un compte sur {app}.',
      action: 'Confirmer l’adresse',
    },
    phone_change: {
      subject: 'Confirmez votre nouveau numéro',
      reason: 'Vous recevez ce message parce que ce numéro va devenir celui d’un compte sur {app}.',
    },
    account_verified: {
      subject: 'Votre adresse est confirmée',
      reason: 'Votre adresse a été confirmée sur {app}.',
    },
    account_recovered: {
      subject: 'Votre compte a été récupéré',
      reason: 'Votre compte sur {app} a été récupéré et toutes les sessions ont été fermées.',
    },
    password_changed: {
      subject: 'Votre mot de passe a changé',
      reason: 'Le mot de passe de votre compte sur {app} a changé et les autres sessions ont été fermées.',
    },
    email_changed: {
      subject: 'Votre adresse a changé',
      reason: 'L’adresse e-mail de votre compte sur {app} a changé.',
    },
    phone_changed: {
      subject: 'Votre numéro a changé',
      reason: 'Le numéro de téléphone de votre compte sur {app} a changé.',
    },
    sign_up_repeated: {
      subject: 'Vous avez déjà un compte',
      reason:
        'Quelqu’un a voulu créer un compte sur {app} avec cette adresse, qui en a déjà un. Vous pouvez vous connecter ou demander un nouveau mot de passe.',
    },
    password_paused: {
      subject: 'Mots de passe erronés pour votre compte',
      reason:
        'Quelqu’un a saisi 100 fois un mot de passe erroné pour votre compte sur {app}. Dans les navigateurs que vous n’avez jamais utilisés, votre mot de passe ne permet plus de se connecter tant que vous ne vous connectez pas par un lien ou un code, ou dans un navigateur déjà utilisé. Votre mot de passe n’a pas été deviné.',
      action: 'Se connecter',
    },
    sign_in_approved: {
      subject: 'Un autre navigateur s’est connecté',
      reason:
        'Vous avez permis à un autre navigateur de se connecter à votre compte {app} grâce au numéro qu’il affichait. Si ce n’était pas vous, mettez fin à sa session.',
      action: 'Voir vos sessions',
    },
  },
  code: 'Votre code',
  orCode: 'Ou saisissez ce code là où vous l’avez demandé',
  expires: {
    one: 'Il est utilisable pendant {minutes} minute.',
    other: 'Il est utilisable pendant {minutes} minutes.',
  },
  ignore: 'Si vous n’avez rien demandé, ignorez ce message.',
  alarm: 'Si ce n’était pas vous, demandez tout de suite un nouveau mot de passe.',
  short: '{code} est votre code {app}. Ne le communiquez à personne.',
}
