/** The texts of recovery in Japanese. */

import type { RecoveryTexts } from './texts.js'

export const ja: RecoveryTexts = {
  'sign_in.forgot': 'パスワードをお忘れですか？',
  'forgot.title': 'パスワードをお忘れですか？',
  'forgot.lead': 'メールアドレスを入力してください。パスワードを再設定するためのリンクをお送りします。',
  'forgot.submit': '再設定メールを送信',
  'reset.title': '新しいパスワードを設定',
  'reset.lead_code':
    '{address} のアカウントがある場合は、まもなくメールが届きます。リンクを開くか、ここに確認コードを入力してください。',
  'reset.lead_link': 'あと一歩で完了です。',
  'reset.lead_unknown': 'メールアドレスと、届いた確認コードを入力してください。',
  'reset.consequence': 'すべての端末からログアウトします。',
  'reset.submit': 'パスワードを保存',
}
