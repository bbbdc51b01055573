/** The texts of messages in European Portuguese. */

import type { LocaleTexts } from './texts.js'

export const pt: LocaleTexts = {
  events: {
    email: {
      subject: 'Confirme o seu endereço de email',
      reason: 'Recebe esta mensagem porque alguém criou uma conta em {app} com este endereço.',
      action: 'Confirmar endereço',
    },
    phone: {
      subject: 'Confirme o seu número de telemóvel',
      reason: 'Recebe esta mensagem porque este número foi indicado em {app}.',
    },
    sign_in: {
      subject: 'Entrar em {app}',
      reason: 'Recebe esta mensagem porque alguém pediu para entrar em {app} com este endereço.',
      action: 'Entrar',
    },
    account_verified: {
      subject: 'A sua conta está confirmada',
      reason: 'A sua conta {app} está confirmada e pronta a usar.',
    },
    password_changed: {
      subject: 'A sua palavra-passe foi alterada',
      reason:
        'A palavra-passe da sua conta {app} foi alterada e a sessão foi terminada nos seus outros dispositivos.',
    },
    sign_up_repeated: {
      subject: 'Já tem uma conta',
      reason:
        'Alguém tentou criar uma conta em {app} com este endereço, que já tem uma. Pode entrar ou escolher uma nova palavra-passe.',
    },
    password_paused: {
      subject: 'Palavras-passe erradas para a sua conta',
      reason:
        'Alguém introduziu 100 vezes uma palavra-passe errada para a sua conta {app}. A sua palavra-passe não foi adivinhada. Para sua proteção, deixa de funcionar em navegadores que ainda não usou, até entrar com um link ou um código, ou num navegador que já usou.',
      action: 'Entrar',
    },
    sign_in_approved: {
      subject: 'Outro navegador entrou na sua conta',
      reason:
        'Outro navegador entrou na sua conta {app} com o número que mostrava. Se o pedido não foi seu, termine essa sessão.',
      action: 'Terminar essa sessão',
    },
  },
  code: 'O seu código',
  orCode: 'Ou introduza este código onde o pediu',
  expires: { one: 'Válido durante {minutes} minuto.', other: 'Válido durante {minutes} minutos.' },
  ignore: 'Se não fez este pedido, pode ignorar esta mensagem.',
  alarm: 'Se esta ação não foi sua, altere já a sua palavra-passe.',
  short: '{code} é o seu código {app}. Não o partilhe.',
}
