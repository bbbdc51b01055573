/** The page `sign-up`. Its response is the same for a free and a taken address. */

import { Button, Form } from '../components/form.js'
import { EmailField, PasswordField } from '../components/field.js'
import { Heading, Layout } from '../components/layout.js'
import { Refusal } from '../components/notice.js'
import type { SignUpProps } from '../props.js'

/** Renders the page. */
export function SignUpPage({ frame, form, password }: SignUpProps) {
  const { words, paths } = frame
  const common = { frame, within: 'sign-up', form }
  return (
    <Layout
      frame={frame}
      title={words.say('sign_up.title')}
      failed={form.refused !== undefined}
      footer={
        <p>
          {words.say('sign_up.has_account')}{' '}
          <a data-part="link" href={paths.signIn}>
            {words.say('common.to_sign_in')}
          </a>
        </p>
      }
    >
      <Heading title={words.say('sign_up.title')}>{words.say('sign_up.lead')}</Heading>
      <Refusal words={words} form={form} />
      <Form frame={frame} id="sign-up" action={paths.signUp}>
        <EmailField {...common} />
        <PasswordField {...common} label={words.say('common.password')} fresh={password} />
        <Button>{words.say('sign_up.submit')}</Button>
      </Form>
    </Layout>
  )
}
