/** The pages `forgot-password` and `reset-password`. Neither reveals whether an address has an account. */

import {
  Button,
  CodeField,
  EmailField,
  Form,
  Heading,
  Layout,
  PasswordField,
  Phrase,
  Refusal,
  ShownLink,
} from '../../../ui/index.js'
import type { FormState, Frame, Framed, PasswordLimits } from '../../../ui/index.js'

/** The page `forgot-password`. */
export interface ForgotPasswordProps extends Framed {
  readonly form: FormState
}

/** The page `reset-password`. */
export interface ResetPasswordProps extends Framed {
  readonly form: FormState
  /** Whether this browser has a pending link; then no code is needed. */
  readonly link: boolean
  /** Identifies that link: the form sends it as `_link`. Null without one. */
  readonly shownLink: string | null
  readonly address: string | null
  readonly codeLength: number
  readonly password: PasswordLimits
}

declare module '../../../ui/index.js' {
  interface PageProps {
    readonly 'forgot-password': ForgotPasswordProps
    readonly 'reset-password': ResetPasswordProps
  }
  interface Paths {
    readonly forgotPassword: string
    readonly resetPassword: string
  }
}

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
