/** The texts of messages in German. */

import type { LocaleTexts } from './texts.js'

export const de: LocaleTexts = {
  events: {
    email: {
      subject: 'Bestätigen Sie Ihre E-Mail-Adresse',
      reason: 'Sie erhalten diese Nachricht, weil sich jemand mit dieser Adresse bei {app} registriert hat.',
      action: 'Adresse bestätigen',
    },
    phone: {
      subject: 'Bestätigen Sie Ihre Telefonnummer',
      reason: 'Sie erhalten diese Nachricht, weil diese Nummer bei {app} angegeben wurde.',
    },
    sign_in: {
      subject: 'Bei {app} anmelden',
      reason: 'Sie erhalten diese Nachricht, weil sich jemand mit dieser Adresse bei {app} anmelden möchte.',
      action: 'Anmelden',
    },
    account_verified: {
      subject: 'Ihr Konto ist bestätigt',
      reason: 'Ihr Konto bei {app} ist bestätigt und kann jetzt verwendet werden.',
    },
    password_changed: {
      subject: 'Ihr Passwort wurde geändert',
      reason:
        'Das Passwort Ihres Kontos bei {app} wurde geändert, und Ihre anderen Geräte wurden abgemeldet.',
    },
    sign_up_repeated: {
      subject: 'Sie haben bereits ein Konto',
      reason:
        'Jemand wollte sich mit dieser Adresse bei {app} registrieren, doch zu ihr gehört schon ein Konto. Sie können sich anmelden oder Ihr Passwort zurücksetzen.',
    },
    password_paused: {
      subject: 'Falsche Passwörter für Ihr Konto',
      reason:
        'Jemand hat für Ihr Konto bei {app} 100-mal ein falsches Passwort eingegeben. Ihr Passwort wurde nicht erraten. Zu Ihrem Schutz funktioniert es in Browsern, die Sie noch nie verwendet haben, erst wieder, wenn Sie sich mit einem Link oder Code angemeldet haben oder in einem Browser, den Sie schon verwendet haben.',
      action: 'Anmelden',
    },
    sign_in_approved: {
      subject: 'Ein anderer Browser wurde angemeldet',
      reason:
        'Ein anderer Browser hat sich bei Ihrem Konto bei {app} angemeldet, bestätigt mit der Zahl, die er angezeigt hat. Wenn Sie das nicht waren, melden Sie ihn ab.',
      action: 'Browser abmelden',
    },
  },
  code: 'Ihr Code',
  orCode: 'Oder geben Sie diesen Code dort ein, wo Sie ihn angefordert haben',
  expires: { one: 'Gültig für {minutes} Minute.', other: 'Gültig für {minutes} Minuten.' },
  ignore: 'Wenn Sie das nicht angefordert haben, können Sie diese Nachricht ignorieren.',
  alarm: 'Wenn Sie das nicht waren, setzen Sie sofort Ihr Passwort zurück.',
  short: '{code} ist Ihr Code für {app}. Geben Sie ihn nicht weiter.',
}
