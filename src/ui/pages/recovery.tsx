/** The pages `forgot-password` and `reset-password`. Neither reveals whether an address has an account. */

import { Button, Form, ShownLink } from '../components/form.js'
import { CodeField, EmailField, PasswordField } from '../components/field.js'
import { Heading, Layout } from '../components/layout.js'
import { Refusal } from '../components/notice.js'
import { Phrase } from '../components/words.js'
import type { ForgotPasswordProps, Frame, ResetPasswordProps } from '../props.js'

function BackToSignIn({ frame: { words, paths } }: { frame: Frame }) {
  return (
    <p>
      <a data-part="link" href={paths.signIn}>
        {words.say('common.to_sign_in')}
      </a>
    </p>
  )
}

/** Asks for an address. */
export function ForgotPasswordPage({ frame, form }: ForgotPasswordProps) {
  const { words, paths } = frame
  return (
    <Layout
      frame={frame}
      title={words.say('forgot.title')}
      failed={form.refused !== undefined}
      footer={<BackToSignIn frame={frame} />}
    >
      <Heading title={words.say('forgot.title')}>{words.say('forgot.lead')}</Heading>
      <Refusal words={words} form={form} />
      <Form frame={frame} id="forgot" action={paths.request('recovery')}>
        <EmailField frame={frame} within="forgot" form={form} />
        <Button>{words.say('forgot.submit')}</Button>
      </Form>
    </Layout>
  )
}

function ResetLead({ frame: { words }, link, address }: ResetPasswordProps) {
  if (link) return <>{words.say('reset.lead_link')}</>
  if (address === null) return <>{words.say('reset.lead_unknown')}</>
  return <Phrase words={words} of="reset.lead_code" name="address" value={address} />
}

/** Takes a new password, with a code or a pending link. */
export function ResetPasswordPage(props: ResetPasswordProps) {
  const { frame, form, link, address, codeLength, password } = props
  const { words, paths } = frame
  const common = { frame, within: 'reset', form }
  return (
    <Layout
      frame={frame}
      title={words.say('reset.title')}
      failed={form.refused !== undefined}
      footer={<BackToSignIn frame={frame} />}
    >
      <Heading title={words.say('reset.title')}>
        <ResetLead {...props} />
      </Heading>
      <Refusal words={words} form={form} code={!link} />
      <Form frame={frame} id="reset" action={paths.callback('recovery')}>
        {props.shownLink === null ? null : <ShownLink value={props.shownLink} />}
        {!link && address === null ? <EmailField {...common} /> : null}
        {address === null ? null : (
          // A password manager saves the new password for this address. With a link, the field is not sent.
          <input
            type="email"
            {...(!link && { name: 'email' })}
            value={address}
            autocomplete="username"
            readonly
            hidden
          />
        )}
        {link ? null : <CodeField {...common} length={codeLength} />}
        <PasswordField {...common} label={words.say('common.new_password')} fresh={password} />
        <p data-part="hint">{words.say('reset.consequence')}</p>
        <Button>{words.say('reset.submit')}</Button>
      </Form>
    </Layout>
  )
}
