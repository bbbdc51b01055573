/** The words of messages in Japanese. */

import type { LocaleTexts } from './texts.js'

export const ja: LocaleTexts = {
  events: {
    email: {
      subject: 'メールアドレスの確認',
      reason: 'このアドレスで {app} への登録が行われたため、お送りしています。',
      action: 'アドレスを確認する',
    },
    phone: { subject: '電話番号の確認', reason: 'この番号が {app} に登録されたため、お送りしています。' },
    sign_in: {
      subject: '{app} へのログイン',
      reason: 'このアドレスで {app} へのログインが求められたため、お送りしています。',
      action: 'ログインする',
    },
    recovery: {
      subject: '新しいパスワードの設定',
      reason: '{app} で新しいパスワードの設定が求められたため、お送りしています。',
      action: 'パスワードを設定する',
    },
    email_change: {
      subject: '新しいメールアドレスの確認',
      reason: 'このアドレスが {app} のアカウントの新しいアドレスとして指定されたため、お送りしています。',
      action: 'アドレスを確認する',
    },
    phone_change: {
      subject: '新しい電話番号の確認',
      reason: 'この番号が {app} のアカウントの新しい番号として指定されたため、お送りしています。',
    },
    account_verified: {
      subject: 'メールアドレスが確認されました',
      reason: '{app} でアドレスが確認されました。',
    },
    account_recovered: {
      subject: 'アカウントが復旧されました',
      reason: '{app} のアカウントが復旧され、すべてのセッションが終了しました。',
    },
    password_changed: {
      subject: 'パスワードが変更されました',
      reason: '{app} のアカウントのパスワードが変更され、他のセッションが終了しました。',
    },
    email_changed: {
      subject: 'メールアドレスが変更されました',
      reason: '{app} のアカウントのメールアドレスが変更されました。',
    },
    phone_changed: {
      subject: '電話番号が変更されました',
      reason: '{app} のアカウントの電話番号が変更されました。',
    },
    sign_up_repeated: {
      subject: 'すでにアカウントがあります',
      reason:
        'このアドレスで {app} への登録が試みられましたが、すでにアカウントがあります。ログインするか、新しいパスワードを設定してください。',
    },
    password_paused: {
      subject: 'パスワードの誤入力がありました',
      reason:
        '{app} のアカウントに対して、誤ったパスワードが100回入力されました。リンクかコードで、または以前に使ったブラウザーでログインするまで、初めてのブラウザーではパスワードでログインできません。パスワードは知られていません。',
      action: 'ログイン',
    },
    sign_in_approved: {
      subject: '別のブラウザがログインしました',
      reason:
        '表示された番号の入力により、別のブラウザが {app} のアカウントにログインしました。お心当たりがない場合は、そのセッションを終了してください。',
      action: 'セッションを確認',
    },
  },
  code: '確認コード',
  orCode: 'または、次のコードを入力してください',
  expires: { other: '有効期間は {minutes} 分です。' },
  ignore: 'お心当たりがない場合は、このメッセージを無視してください。',
  alarm: 'お心当たりがない場合は、すぐに新しいパスワードを設定してください。',
  short: '{app} の確認コードは {code} です。他の人に教えないでください。',
}
