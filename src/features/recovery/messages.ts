/** The messages of recovery in every locale. */

import type { FeatureMessage } from '../feature.js'

export const messages = {
  recovery: {
    title: 'Reset password',
    texts: {
      en: {
        subject: 'Reset your password',
        reason: 'You’re receiving this because someone asked to reset your password at {app}.',
        action: 'Reset password',
      },
      pt: {
        subject: 'Escolha uma nova palavra-passe',
        reason: 'Recebe esta mensagem porque alguém pediu uma nova palavra-passe em {app}.',
        action: 'Escolher palavra-passe',
      },
      es: {
        subject: 'Elige una contraseña nueva',
        reason: 'Recibes este mensaje porque alguien ha pedido una contraseña nueva en {app}.',
        action: 'Elegir contraseña',
      },
      fr: {
        subject: 'Choisissez un nouveau mot de passe',
        reason: 'Vous recevez ce message parce que quelqu’un a demandé un nouveau mot de passe sur {app}.',
        action: 'Choisir un mot de passe',
      },
      de: {
        subject: 'Neues Passwort festlegen',
        reason: 'Sie erhalten diese Nachricht, weil bei {app} ein neues Passwort angefordert wurde.',
        action: 'Passwort festlegen',
      },
      ja: {
        subject: 'パスワードの再設定',
        reason: '{app} でパスワードの再設定がリクエストされたため、お送りしています。',
        action: 'パスワードを再設定する',
      },
    },
  },
  account_recovered: {
    title: 'Account recovered',
    texts: {
      en: {
        subject: 'Your account was recovered',
        reason: 'Your {app} account was recovered, and you were signed out on all devices.',
      },
      pt: {
        subject: 'A sua conta foi recuperada',
        reason: 'A sua conta {app} foi recuperada e a sessão foi terminada em todos os seus dispositivos.',
      },
      es: {
        subject: 'Tu cuenta se ha recuperado',
        reason: 'Tu cuenta de {app} se ha recuperado y se ha cerrado la sesión en todos tus dispositivos.',
      },
      fr: {
        subject: 'Votre compte a été récupéré',
        reason: 'Votre compte {app} a été récupéré et tous vos appareils ont été déconnectés.',
      },
      de: {
        subject: 'Ihr Konto wurde wiederhergestellt',
        reason: 'Ihr Konto bei {app} wurde wiederhergestellt, und Sie wurden auf allen Geräten abgemeldet.',
      },
      ja: {
        subject: 'アカウントが復旧されました',
        reason: '{app} のアカウントが復旧され、すべての端末がログアウトされました。',
      },
    },
  },
} satisfies Readonly<Record<string, FeatureMessage>>
