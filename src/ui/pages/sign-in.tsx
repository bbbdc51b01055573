/** The page `sign-in`: a form for each enabled strategy, the first one open. */

import { offersPasswords } from '../../http/index.js'
import { Button, Form } from '../components/form.js'
import { CodeField, EmailField, Field, PasswordField, PhoneField } from '../components/field.js'
import { Icon } from '../components/icon.js'
import type { IconName } from '../components/icon.js'
import { Heading, Layout } from '../components/layout.js'
import { Notice, Refusal } from '../components/notice.js'
import type { SignInProps, Way } from '../props.js'
import type { PlainKey } from '../texts/texts.js'

const names: Readonly<Record<string, PlainKey>> = {
  password: 'strategy.password',
  'magic-link': 'strategy.magic_link',
  'email-otp': 'strategy.email_otp',
  'sms-otp': 'strategy.sms_otp',
  whatsapp: 'strategy.whatsapp',
}

const icons: Readonly<Record<string, IconName>> = {
  password: 'key',
  'magic-link': 'link',
  'email-otp': 'mail',
  'sms-otp': 'phone',
  whatsapp: 'chat',
}

function submitKey({ kind, fields }: Way): PlainKey {
  if (kind !== 'passwordless') return 'sign_in.submit'
  return fields.callback?.some(({ type }) => type === 'token') === true
    ? 'strategy.send_link'
    : 'strategy.send_code'
}

function WayForm({ way, ...props }: Pick<SignInProps, 'frame' | 'form' | 'links'> & { way: Way }) {
  const { frame, form } = props
  const links = props.links[way.id] ?? []
  const { words, paths } = frame
  const within = `way-${way.id}`
  const isMeant = form.way === undefined || form.way === way.id
  const common = { frame, within, form: isMeant ? form : {} }
  return (
    <Form frame={frame} id={within} action={paths.request(way.id)}>
      {way.fields.request.map(({ name, type }) => {
        if (type === 'email') return <EmailField {...common} />
        if (type === 'phone') return <PhoneField {...common} />
        if (type === 'password') return <PasswordField {...common} label={words.say('common.password')} />
        if (type === 'code') return <CodeField {...common} length={6} />
        return <Field {...common} name={name} label={name} kind="text" input={{ type: 'text' }} />
      })}
      {links.map(({ href, text }) => (
        <p data-part="aside">
          <a data-part="link" href={href}>
            {words.say(text)}
          </a>
        </p>
      ))}
      <Button>{words.say(submitKey(way))}</Button>
    </Form>
  )
}

/** Passwords first, then in the order of the options. */
function inOrder(ways: readonly Way[]): readonly Way[] {
  return [...ways].sort((one, other) => Number(other.id === 'password') - Number(one.id === 'password'))
}

/** Renders the page. */
export function SignInPage({ frame, ways, form, done, links, fresh }: SignInProps) {
  const { words, paths, brand } = frame
  const [first, ...others] = inOrder(ways)
  return (
    <Layout
      frame={frame}
      title={words.say('sign_in.title')}
      failed={form.refused !== undefined}
      footer={
        fresh || !offersPasswords(ways) ? undefined : (
          <p>
            {words.say('sign_in.no_account')}{' '}
            <a data-part="link" href={paths.signUp}>
              {words.say('sign_in.to_sign_up')}
            </a>
          </p>
        )
      }
    >
      <Heading title={words.say('sign_in.title')}>
        {words.say(fresh ? 'sign_in.lead_fresh' : 'sign_in.lead', { app: brand.name })}
      </Heading>
      {done === null ? null : <Notice tone="good">{words.say(`notice.${done}`)}</Notice>}
      <Refusal words={words} form={form} />
      {first === undefined ? null : <WayForm frame={frame} way={first} form={form} links={links} />}
      {others.length === 0 ? null : (
        <section data-part="ways">
          <h2 data-part="divider">
            <span>{words.say('sign_in.other_ways')}</span>
          </h2>
          {others.map((way) => {
            const key = names[way.id]
            return (
              <details data-part="way" name="way" open={form.way === way.id}>
                <summary>
                  <Icon name={icons[way.id] ?? 'key'} />
                  {key === undefined ? way.name : words.say(key)}
                </summary>
                <WayForm frame={frame} way={way} form={form} links={links} />
              </details>
            )
          })}
        </section>
      )}
    </Layout>
  )
}
