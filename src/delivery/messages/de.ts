/** The words of messages in German. */

import type { LocaleTexts } from './texts.js'

export const de: LocaleTexts = {
  events: {
    email: {
      subject: 'Bestätigen Sie Ihre Adresse',
      reason: 'Sie erhalten diese Nachricht, weil mit dieser Adresse ein Konto bei {app} angelegt wurde.',
      action: 'Adresse bestätigen',
    },
    phone: {
      subject: 'Bestätigen Sie Ihre Nummer',
      reason: 'Sie erhalten diese Nachricht, weil diese Nummer bei {app} angegeben wurde.',
    },
    sign_in: {
      subject: 'Bei {app} anmelden',
      reason: 'Sie erhalten diese Nachricht, weil sich jemand mit dieser Adresse bei {app} anmelden möchte.',
      action: 'Anmelden',
    },
    recovery: {
      subject: 'Neues Passwort setzen',
      reason: 'Sie erhalten diese Nachricht, weil bei {app} ein neues Passwort angefordert wurde.',
      action: 'Neues Passwort setzen',
    },
    email_change: {
      subject: 'Bestätigen Sie Ihre neue Adresse',
      reason: 'Sie erhalten diese Nachricht, weil diese Adresse zu einem Konto bei {app} gehören soll.',
      action: 'Adresse bestätigen',
    },
    phone_change: {
      subject: 'Bestätigen Sie Ihre neue Nummer',
      reason: 'Sie erhalten diese Nachricht, weil diese Nummer zu einem Konto bei {app} gehören soll.',
    },
    account_verified: {
      subject: 'Ihre Adresse ist bestätigt',
      reason: 'Ihre Adresse wurde bei {app} bestätigt.',
    },
    account_recovered: {
      subject: 'Ihr Konto wurde wiederhergestellt',
      reason: 'Ihr Konto bei {app} wurde wiederhergestellt, und alle Sitzungen wurden beendet.',
    },
    password_changed: {
      subject: 'Ihr Passwort wurde geändert',
      reason: 'Das Passwort Ihres Kontos bei {app} wurde geändert, und andere Sitzungen wurden beendet.',
    },
    email_changed: {
      subject: 'Ihre Adresse wurde geändert',
      reason: 'Die E-Mail-Adresse Ihres Kontos bei {app} wurde geändert.',
    },
    phone_changed: {
      subject: 'Ihre Nummer wurde geändert',
      reason: 'Die Telefonnummer Ihres Kontos bei {app} wurde geändert.',
    },
    sign_up_repeated: {
      subject: 'Sie haben bereits ein Konto',
      reason:
        'Jemand wollte mit dieser Adresse ein Konto bei {app} anlegen; es gibt schon eines. Sie können sich anmelden oder ein neues Passwort anfordern.',
    },
    password_paused: {
      subject: 'Falsche Passwörter für Ihr Konto',
      reason:
        'Jemand hat für Ihr Konto bei {app} 100-mal ein falsches Passwort eingegeben. In Browsern, die Sie noch nie benutzt haben, meldet Ihr Passwort nicht mehr an, bis Sie sich mit einem Link oder Code oder in einem schon benutzten Browser anmelden. Ihr Passwort wurde nicht erraten.',
      action: 'Anmelden',
    },
    sign_in_approved: {
      subject: 'Ein anderer Browser wurde angemeldet',
      reason:
        'Sie haben über die angezeigte Zahl einen anderen Browser bei Ihrem Konto bei {app} angemeldet. Wenn Sie das nicht waren, beenden Sie dessen Sitzung.',
      action: 'Sitzungen ansehen',
    },
  },
  code: 'Ihr Code',
  orCode: 'Oder geben Sie diesen Code dort ein, wo Sie ihn angefordert haben',
  expires: { one: 'Er gilt {minutes} Minute.', other: 'Er gilt {minutes} Minuten.' },
  ignore: 'Wenn Sie das nicht angefordert haben, ignorieren Sie diese Nachricht.',
  alarm: 'Wenn Sie das nicht waren, fordern Sie sofort ein neues Passwort an.',
  short: '{code} ist Ihr Code für {app}. Geben Sie ihn nicht weiter.',
}
