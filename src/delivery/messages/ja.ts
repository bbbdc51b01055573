/** The texts of messages in Japanese. */

import type { LocaleTexts } from './texts.js'

export const ja: LocaleTexts = {
  events: {
    email: {
      subject: 'メールアドレスの確認',
      reason: 'このアドレスで {app} への登録が行われたため、お送りしています。',
      action: 'アドレスを確認する',
    },
    phone: { subject: '電話番号の確認', reason: 'この番号が {app} で入力されたため、お送りしています。' },
    sign_in: {
      subject: '{app} へのログイン',
      reason: 'このアドレスで {app} へのログインがリクエストされたため、お送りしています。',
      action: 'ログインする',
    },
    account_verified: {
      subject: 'アカウントが確認されました',
      reason: '{app} のアカウントが確認され、ご利用いただけるようになりました。',
    },
    password_changed: {
      subject: 'パスワードが変更されました',
      reason: '{app} のアカウントのパスワードが変更され、他の端末がログアウトされました。',
    },
    sign_up_repeated: {
      subject: 'すでにアカウントがあります',
      reason:
        'このアドレスで {app} への登録が試みられましたが、すでにアカウントがあります。ログインするか、パスワードを再設定してください。',
    },
    password_paused: {
      subject: 'パスワードの誤入力がありました',
      reason:
        '{app} のアカウントに対して、誤ったパスワードが 100 回入力されました。パスワードは知られていません。アカウントを保護するため、リンクか確認コードで、または以前に使ったブラウザでログインするまで、初めてのブラウザではパスワードでログインできません。',
      action: 'ログインする',
    },
    sign_in_approved: {
      subject: '別のブラウザがログインしました',
      reason:
        '表示された番号の入力により、別のブラウザが {app} のアカウントにログインしました。お心当たりがない場合は、そのブラウザをログアウトしてください。',
      action: 'ログアウトする',
    },
  },
  code: '確認コード',
  orCode: 'または、リクエストした画面に次の確認コードを入力してください',
  expires: { other: '有効期間は {minutes} 分です。' },
  ignore: 'お心当たりがない場合は、このメッセージを無視してください。',
  alarm: 'お心当たりがない場合は、すぐにパスワードを再設定してください。',
  short: '{app} の確認コードは {code} です。他の人に教えないでください。',
}
