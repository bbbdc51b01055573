/** The texts of a change of address in Japanese. */

import type { EmailChangeTexts } from './texts.js'

export const ja: EmailChangeTexts = {
  'confirm.email_change_title': 'メールアドレスを変更しますか？',
  'confirm.email_change_lead': 'アカウントの新しいメールアドレスは {address} になります。',
  'confirm.email_change_submit': 'アドレスを変更する',
  'confirm.elsewhere_email_change':
    'このリンクは別のブラウザでリクエストされました。そのブラウザで開くか、ここで再度リクエストしてください。',
  'notice.address_changed': 'メールアドレスを変更しました。',
}
