/** The page `landing`, where development begins: what this is, and what there is to try. In English. */

import { ButtonLink } from '../components/form.js'
import { Icon } from '../components/icon.js'
import type { IconName } from '../components/icon.js'
import { Layout } from '../components/layout.js'
import type { LandingProps } from '../props.js'

const promises = [
  ['An address belongs to whoever proves it', 'Unproven claims reserve nothing, and arm nothing.'],
  ['A secret works once', 'For one purpose and one address, however many requests race.'],
  ['No secret at rest', 'A dump of the database opens no session and sends no link.'],
  ['A promised message is sent', 'It survives a crash, a dead mail server and a restart.'],
] as const

function Place(props: { icon: IconName; href: string; title: string; children: string }) {
  return (
    <li>
      <a data-part="place" href={props.href}>
        <Icon name={props.icon} />
        <strong>{props.title}</strong>
        <span>{props.children}</span>
      </a>
    </li>
  )
}

function Way({ paths }: { paths: LandingProps['frame']['paths'] }) {
  return (
    <ol data-part="steps">
      <li>
        <strong>Create an account</strong> <span>With any address: nothing leaves this machine.</span>
      </li>
      <li>
        <strong>
          Open the <a href={paths.inbox}>inbox</a>
        </strong>{' '}
        <span>The message waits there, with its link and its code.</span>
      </li>
      <li>
        <strong>Confirm, and sign in</strong>{' '}
        <span>By password, link or code. Your sessions stand on the account page.</span>
      </li>
    </ol>
  )
}

/** The page. */
export function LandingPage({ frame, user, hasSignUp }: LandingProps) {
  const { paths, brand } = frame
  return (
    <Layout
      frame={frame}
      title={`${brand.name} in development`}
      wide
      actions={<span data-part="badge">development</span>}
      footer={<p>This page, the inbox and the previews are there in development only.</p>}
    >
      <section data-part="hero">
        <h1>Authentication that lives in your own Postgres.</h1>
        <p data-part="lead">
          Users, identities, sessions and verifications, as a library that your application calls and as a
          server that runs alone. This one is running.
        </p>
        <p data-part="actions">
          {user === null ? (
            <>
              {hasSignUp ? <ButtonLink href={paths.signUp}>Create an account</ButtonLink> : null}
              <ButtonLink kind={hasSignUp ? 'plain' : 'primary'} href={paths.signIn}>
                Sign in
              </ButtonLink>
            </>
          ) : (
            <ButtonLink href={paths.account}>Go to your account</ButtonLink>
          )}
        </p>
      </section>
      <h2 data-part="small-title">Try it in three steps</h2>
      <Way paths={paths} />
      <h2 data-part="small-title">What is here</h2>
      <ul data-part="places">
        <Place icon="mail" href={paths.inbox} title="Inbox">
          Every message that would have been sent.
        </Place>
        <Place icon="person" href={paths.account} title="Account">
          Profile, addresses, sessions, password.
        </Place>
        <Place icon="book" href={paths.docs} title="API docs">
          Every route, from the contract itself.
        </Place>
        <Place icon="eye" href={paths.messages} title="Messages">
          Each message in six languages.
        </Place>
      </ul>
      <h2 data-part="small-title">What it promises</h2>
      <ul data-part="promises">
        {promises.map(([title, text]) => (
          <li>
            <Icon name="done" />
            <div>
              <strong>{title}</strong>
              <span>{text}</span>
            </div>
          </li>
        ))}
      </ul>
    </Layout>
  )
}
