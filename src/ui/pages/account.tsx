/** The page `account`: profile, addresses, sessions, password, and deletion. */

import { Button, ButtonLink, Form } from '../components/form.js'
import { Field, PasswordField } from '../components/field.js'
import { Heading, Layout } from '../components/layout.js'
import { Notice, Refusal } from '../components/notice.js'
import { Section } from '../components/section.js'
import { SessionList } from '../components/session-list.js'
import { Phrase } from '../components/words.js'
import { accountNotices } from '../props.js'
import type { AccountNotice, AccountProps, FormState, RenderedSection } from '../props.js'
import { localeNames } from '../texts/texts.js'
import type { PlainKey } from '../texts/texts.js'

const languages = {
  en: 'English',
  pt: 'Português',
  es: 'Español',
  fr: 'Français',
  de: 'Deutsch',
  ja: '日本語',
} as const

function formOf({ form }: AccountProps, section: string): FormState {
  return form.section === section ? form : {}
}

function Profile(props: AccountProps) {
  const { frame, user, chosenLocale } = props
  const { words, paths } = frame
  const posted = formOf(props, 'profile')
  const values = { name: user.name ?? '', username: user.username ?? '', ...posted.values }
  const common = { frame, within: 'profile', form: { ...posted, values } }
  return (
    <Section id="profile" title={words.say('account.profile')}>
      <Refusal words={words} form={posted} />
      <Form frame={frame} id="profile-form" action={paths.profile}>
        <Field
          {...common}
          name="name"
          kind="text"
          label={words.say('account.name')}
          input={{ type: 'text', autocomplete: 'name', required: false, dir: 'auto' }}
        />
        <Field
          {...common}
          name="username"
          kind="text"
          label={words.say('account.username')}
          hint={words.say('account.username_hint')}
          input={{
            type: 'text',
            autocomplete: 'nickname',
            required: false,
            autocapitalize: 'none',
            spellcheck: 'false',
          }}
        />
        <div data-part="field">
          <label data-part="label" for="profile-locale">
            {words.say('account.language')}
          </label>
          <select data-part="input" id="profile-locale" name="locale">
            <option value="" selected={chosenLocale === null}>
              {words.say('account.language_auto')}
            </option>
            {localeNames.map((name) => (
              <option value={name} lang={name} selected={chosenLocale === name}>
                {languages[name]}
              </option>
            ))}
          </select>
        </div>
        <Button>{words.say('account.save')}</Button>
      </Form>
    </Section>
  )
}

function Addresses({ frame: { words }, identities }: AccountProps) {
  return (
    <Section id="addresses" title={words.say('account.addresses')}>
      {identities.length === 0 ? <p data-part="hint">{words.say('account.addresses_none')}</p> : null}
      <ul data-part="list">
        {identities.map(({ value, verifiedAt }) => (
          <li data-part="item">
            <bdi data-part="value">{value}</bdi>
            <span data-part="badge" data-tone={verifiedAt === null ? 'plain' : 'good'}>
              {words.say(verifiedAt === null ? 'account.unconfirmed' : 'account.confirmed')}
            </span>
          </li>
        ))}
      </ul>
    </Section>
  )
}

function Password(props: AccountProps) {
  const { frame, hasPassword, password } = props
  const { words, paths } = frame
  if (!hasPassword) return null
  const posted = formOf(props, 'password')
  const common = { frame, within: 'password', form: posted }
  return (
    <Section id="password" title={words.say('account.password')} hint={words.say('account.password_hint')}>
      <Refusal words={words} form={posted} />
      <Form frame={frame} id="password-form" action={paths.password}>
        <PasswordField {...common} name="currentPassword" label={words.say('account.current_password')} />
        <PasswordField {...common} label={words.say('common.new_password')} fresh={password} />
        <Button>{words.say('account.change_password')}</Button>
      </Form>
    </Section>
  )
}

function Deletion(props: AccountProps) {
  const { frame, fresh } = props
  const { words, paths } = frame
  const posted = formOf(props, 'delete')
  return (
    <Section id="delete" title={words.say('account.delete')} hint={words.say('account.delete_hint')}>
      <Refusal words={words} form={posted} />
      {fresh ? (
        <details data-part="way" open={posted.refused !== undefined}>
          <summary>{words.say('account.delete_open')}</summary>
          <Form frame={frame} id="delete-form" action={paths.deleteAccount}>
            <label data-part="agree">
              <input type="checkbox" name="agree" value="yes" required />
              <span>{words.say('account.delete_agree')}</span>
            </label>
            <Button kind="danger">{words.say('account.delete_submit')}</Button>
          </Form>
        </details>
      ) : (
        <>
          <p data-part="hint">{words.say('account.delete_fresh')}</p>
          <ButtonLink
            kind="plain"
            href={`${paths.signIn}?fresh=yes&return_to=${encodeURIComponent(`${paths.account}#delete`)}`}
          >
            {words.say('account.sign_in_again')}
          </ButtonLink>
        </>
      )}
    </Section>
  )
}

function isOfAccount(done: AccountNotice): done is (typeof accountNotices)[number] {
  return accountNotices.some((name) => name === done)
}

function noticeKey(done: AccountNotice): PlainKey {
  return isOfAccount(done) ? `account.${done}` : `notice.${done}`
}

function Sessions(props: AccountProps) {
  const { frame, sessions, current } = props
  const { words } = frame
  return (
    <Section id="sessions" title={words.say('account.sessions')} hint={words.say('account.sessions_hint')}>
      <Refusal words={words} form={formOf(props, 'sessions')} />
      <SessionList frame={frame} sessions={sessions} current={current} />
    </Section>
  )
}

const kernelSections: readonly RenderedSection[] = [
  { id: 'profile', order: 10, render: Profile },
  { id: 'addresses', order: 20, render: Addresses },
  { id: 'sessions', order: 30, render: Sessions },
  { id: 'password', order: 40, render: Password },
  { id: 'delete', order: 90, render: Deletion },
]

function sectionsOf({ sections }: AccountProps): readonly RenderedSection[] {
  return [...kernelSections, ...sections].sort((one, other) => one.order - other.order)
}

/** Renders the page. */
export function AccountPage(props: AccountProps) {
  const { frame, user, identities, done, form } = props
  const { words, paths } = frame
  const name = user.name ?? user.username ?? identities[0]?.value ?? user.id
  return (
    <Layout
      frame={frame}
      title={words.say('account.title')}
      failed={form.refused !== undefined}
      wide
      actions={
        <Form frame={frame} id="sign-out" action={paths.signOut} kind="inline">
          <Button kind="plain">{words.say('account.sign_out')}</Button>
        </Form>
      }
    >
      <div data-session-events={paths.sessionEvents} data-signed-out={`${paths.signedOut}?why=ended`}>
        <Heading title={words.say('account.title')}>
          <Phrase words={words} of="account.lead" name="name" value={name} />
        </Heading>
        {done === null ? null : <Notice tone="good">{words.say(noticeKey(done))}</Notice>}
      </div>
      {sectionsOf(props).map(({ render }) => render(props))}
    </Layout>
  )
}
