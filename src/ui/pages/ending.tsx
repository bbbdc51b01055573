/** The pages `signed-out` and `error`, with links to continue. */

import { ButtonLink } from '../components/form.js'
import { Heading, Layout } from '../components/layout.js'
import { retryText } from '../components/notice.js'
import type { ErrorProps, SignedOutProps } from '../props.js'

const endings = { ended: 'signed_out.ended', deleted: 'signed_out.deleted' } as const

/** Says that the person is signed out, and why. */
export function SignedOutPage({ frame, why }: SignedOutProps) {
  const { words, paths } = frame
  const title = words.say(why === 'asked' ? 'signed_out.title' : `${endings[why]}_title`)
  const lead = words.say(why === 'asked' ? 'signed_out.lead' : `${endings[why]}_lead`)
  return (
    <Layout frame={frame} title={title}>
      <Heading title={title}>{lead}</Heading>
      {why === 'deleted' ? null : (
        <ButtonLink href={paths.signIn}>{words.say('signed_out.again')}</ButtonLink>
      )}
    </Layout>
  )
}

/** Shows an error that belongs to no form. */
export function ErrorPage({ frame, code, retryAfterMs, requestId, again }: ErrorProps) {
  const { words, paths } = frame
  const title = words.say(code === 'invalid_token' ? 'error.expired_title' : 'error.title')
  return (
    <Layout frame={frame} title={title} failed>
      <Heading title={title}>
        {words.say(`error.${code}`)}
        {retryAfterMs === undefined ? null : ` ${retryText(words, retryAfterMs)}`}
      </Heading>
      <ButtonLink href={again ?? paths.signIn}>
        {words.say(again === null ? 'common.to_sign_in' : 'error.ask_again')}
      </ButtonLink>
      {code === 'internal' || code === 'unavailable' ? (
        <p data-part="hint">
          {words.say('error.reference')} <code data-part="reference">{requestId}</code>
        </p>
      ) : null}
    </Layout>
  )
}
