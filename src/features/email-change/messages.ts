/** The messages of a change of address in every locale. */

import type { FeatureMessage } from '../feature.js'

export const messages = {
  email_change: {
    title: 'Confirm new email address',
    texts: {
      en: {
        subject: 'Confirm your new email address',
        reason:
          'You’re receiving this because this address was entered as the new address of an account at {app}.',
        action: 'Confirm address',
      },
      pt: {
        subject: 'Confirme o seu novo endereço de email',
        reason:
          'Recebe esta mensagem porque este endereço foi indicado como novo endereço de uma conta em {app}.',
        action: 'Confirmar endereço',
      },
      es: {
        subject: 'Confirma tu nueva dirección de correo',
        reason:
          'Recibes este mensaje porque esta dirección se ha indicado como la nueva dirección de una cuenta en {app}.',
        action: 'Confirmar dirección',
      },
      fr: {
        subject: 'Confirmez votre nouvelle adresse e-mail',
        reason:
          'Vous recevez ce message parce que cette adresse a été saisie comme nouvelle adresse d’un compte sur {app}.',
        action: 'Confirmer l’adresse',
      },
      de: {
        subject: 'Bestätigen Sie Ihre neue E-Mail-Adresse',
        reason:
          'Sie erhalten diese Nachricht, weil diese Adresse als neue Adresse eines Kontos bei {app} angegeben wurde.',
        action: 'Adresse bestätigen',
      },
      ja: {
        subject: '新しいメールアドレスの確認',
        reason: 'このアドレスが {app} のアカウントの新しいアドレスとして入力されたため、お送りしています。',
        action: 'アドレスを確認する',
      },
    },
  },
  phone_change: {
    title: 'Confirm new phone number',
    texts: {
      en: {
        subject: 'Confirm your new phone number',
        reason:
          'You’re receiving this because this number was entered as the new number of an account at {app}.',
      },
      pt: {
        subject: 'Confirme o seu novo número de telemóvel',
        reason:
          'Recebe esta mensagem porque este número foi indicado como novo número de uma conta em {app}.',
      },
      es: {
        subject: 'Confirma tu nuevo número de teléfono',
        reason:
          'Recibes este mensaje porque este número se ha indicado como el nuevo número de una cuenta en {app}.',
      },
      fr: {
        subject: 'Confirmez votre nouveau numéro de téléphone',
        reason:
          'Vous recevez ce message parce que ce numéro a été saisi comme nouveau numéro d’un compte sur {app}.',
      },
      de: {
        subject: 'Bestätigen Sie Ihre neue Telefonnummer',
        reason:
          'Sie erhalten diese Nachricht, weil diese Nummer als neue Nummer eines Kontos bei {app} angegeben wurde.',
      },
      ja: {
        subject: '新しい電話番号の確認',
        reason: 'この番号が {app} のアカウントの新しい番号として入力されたため、お送りしています。',
      },
    },
  },
  email_changed: {
    title: 'Email address changed',
    texts: {
      en: {
        subject: 'Your email address was changed',
        reason: 'The email address of your {app} account was changed.',
      },
      pt: {
        subject: 'O seu endereço de email foi alterado',
        reason: 'O endereço de email da sua conta {app} foi alterado.',
      },
      es: {
        subject: 'Tu dirección de correo se ha cambiado',
        reason: 'La dirección de correo de tu cuenta de {app} se ha cambiado.',
      },
      fr: {
        subject: 'Votre adresse e-mail a été changée',
        reason: 'L’adresse e-mail de votre compte {app} a été changée.',
      },
      de: {
        subject: 'Ihre E-Mail-Adresse wurde geändert',
        reason: 'Die E-Mail-Adresse Ihres Kontos bei {app} wurde geändert.',
      },
      ja: {
        subject: 'メールアドレスが変更されました',
        reason: '{app} のアカウントのメールアドレスが変更されました。',
      },
    },
  },
  phone_changed: {
    title: 'Phone number changed',
    texts: {
      en: {
        subject: 'Your phone number was changed',
        reason: 'The phone number of your {app} account was changed.',
      },
      pt: {
        subject: 'O seu número de telemóvel foi alterado',
        reason: 'O número de telemóvel da sua conta {app} foi alterado.',
      },
      es: {
        subject: 'Tu número de teléfono se ha cambiado',
        reason: 'El número de teléfono de tu cuenta de {app} se ha cambiado.',
      },
      fr: {
        subject: 'Votre numéro de téléphone a été changé',
        reason: 'Le numéro de téléphone de votre compte {app} a été changé.',
      },
      de: {
        subject: 'Ihre Telefonnummer wurde geändert',
        reason: 'Die Telefonnummer Ihres Kontos bei {app} wurde geändert.',
      },
      ja: {
        subject: '電話番号が変更されました',
        reason: '{app} のアカウントの電話番号が変更されました。',
      },
    },
  },
} satisfies Readonly<Record<string, FeatureMessage>>
