/**
 * The page `end-session`: the link in the notice of an approved sign-in. Opening it ended nothing; a button
 * does. It shows nothing about the account or the session, since it takes no sign-in.
 */

import { Button, ButtonLink, Form, ShownLink } from '../components/form.js'
import { Heading, Layout } from '../components/layout.js'
import { Refusal } from '../components/notice.js'
import type { EndSessionProps } from '../props.js'

/** Renders the page. */
export function EndSessionPage({ frame, form, state, shownLink }: EndSessionProps) {
  const { words, paths } = frame
  const title = words.say(`end_session.${state}_title`)
  return (
    <Layout frame={frame} title={title} failed={form.refused !== undefined}>
      <Heading title={title}>{words.say(`end_session.${state}_lead`)}</Heading>
      <Refusal words={words} form={form} />
      {state === 'asked' ? (
        <Form frame={frame} id="end-session" action={paths.endByLink}>
          <ShownLink value={shownLink} />
          <Button kind="danger">{words.say('end_session.submit')}</Button>
        </Form>
      ) : (
        <ButtonLink kind="plain" href={paths.account}>
          {words.say('common.to_account')}
        </ButtonLink>
      )}
    </Layout>
  )
}
