/** The words of messages in Portuguese. */

import type { LocaleTexts } from './texts.js'

export const pt: LocaleTexts = {
  events: {
    email: {
      subject: 'Confirme o seu endereço',
      reason: 'Recebe esta mensagem porque este endereço foi usado para criar uma conta em {app}.',
      action: 'Confirmar o endereço',
    },
    phone: {
      subject: 'Confirme o seu número',
      reason: 'Recebe esta mensagem porque este número foi indicado em {app}.',
    },
    sign_in: {
      subject: 'Entrar em {app}',
      reason: 'Recebe esta mensagem porque alguém pediu para entrar em {app} com este endereço.',
      action: 'Entrar',
    },
    recovery: {
      subject: 'Definir uma nova palavra-passe',
      reason: 'Recebe esta mensagem porque alguém pediu uma nova palavra-passe em {app}.',
      action: 'Definir nova palavra-passe',
    },
    email_change: {
      subject: 'Confirme o seu novo endereço',
      reason: 'Recebe esta mensagem porque este endereço vai passar a ser o de uma conta em {app}.',
      action: 'Confirmar o endereço',
    },
    phone_change: {
      subject: 'Confirme o seu novo número',
      reason: 'Recebe esta mensagem porque este número vai passar a ser o de uma conta em {app}.',
    },
    account_verified: {
      subject: 'O seu endereço está confirmado',
      reason: 'O seu endereço foi confirmado em {app}.',
    },
    account_recovered: {
      subject: 'A sua conta foi recuperada',
      reason: 'A sua conta em {app} foi recuperada e todas as sessões foram terminadas.',
    },
    password_changed: {
      subject: 'A sua palavra-passe foi alterada',
      reason: 'A palavra-passe da sua conta em {app} foi alterada e as outras sessões foram terminadas.',
    },
    email_changed: {
      subject: 'O seu endereço foi alterado',
      reason: 'O endereço de email da sua conta em {app} foi alterado.',
    },
    phone_changed: {
      subject: 'O seu número foi alterado',
      reason: 'O número de telefone da sua conta em {app} foi alterado.',
    },
    sign_up_repeated: {
      subject: 'Já tem uma conta',
      reason:
        'Alguém tentou criar uma conta em {app} com este endereço, que já tem uma. Pode entrar ou pedir uma nova palavra-passe.',
    },
    password_paused: {
      subject: 'Palavras-passe erradas para a sua conta',
      reason:
        'Alguém escreveu 100 vezes uma palavra-passe errada para a sua conta em {app}. Em navegadores que ainda não usou, a sua palavra-passe não serve até entrar com uma ligação ou um código, ou num navegador que já usou. A sua palavra-passe não foi adivinhada.',
      action: 'Entrar',
    },
    sign_in_approved: {
      subject: 'Outro navegador entrou na sua conta',
      reason:
        'Permitiu que outro navegador entrasse na sua conta em {app} com o número que este mostrava. Se não foi você, termine essa sessão.',
      action: 'Ver as suas sessões',
    },
  },
  code: 'O seu código',
  orCode: 'Ou escreva este código onde o pediu',
  expires: {
    one: 'Pode ser usado durante {minutes} minuto.',
    other: 'Pode ser usado durante {minutes} minutos.',
  },
  ignore: 'Se não fez este pedido, pode ignorar esta mensagem.',
  alarm: 'Se não foi você, peça já uma nova palavra-passe.',
  short: '{code} é o seu código de {app}. Não o partilhe.',
}
