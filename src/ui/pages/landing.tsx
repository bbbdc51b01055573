/** The page `landing`, the start page in development: what Latchkey is, and what to try. In English. */

import { ButtonLink } from '../components/form.js'
import { Icon } from '../components/icon.js'
import type { IconName } from '../components/icon.js'
import { Layout } from '../components/layout.js'
import type { LandingProps } from '../props.js'

const promises = [
  [
    'Addresses must be verified',
    'Nobody can sign in with an unverified address, or keep its owner from using it.',
  ],
  ['Links and codes work once', 'For one purpose and one address, even when requests race.'],
  ['No usable secrets at rest', 'A stolen database dump contains no working session, link or code.'],
  ['Messages are delivered', 'They survive a crash, a restart and a mail server outage.'],
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
        <strong>Create an account</strong> <span>Use any address. Nothing leaves this machine.</span>
      </li>
      <li>
        <strong>
          Open the <a href={paths.inbox}>inbox</a>
        </strong>{' '}
        <span>Your message is there, with its link and code.</span>
      </li>
      <li>
        <strong>Confirm and sign in</strong>{' '}
        <span>With a password, link or code. Your account page lists your sessions.</span>
      </li>
    </ol>
  )
}

/** Renders the page. */
export function LandingPage({ frame, user, hasSignUp }: LandingProps) {
  const { paths, brand } = frame
  return (
    <Layout
      frame={frame}
      title={`${brand.name} in development`}
      wide
      actions={<span data-part="badge">development</span>}
      footer={<p>This page, the inbox and the previews exist only in development.</p>}
    >
      <section data-part="hero">
        <h1>Authentication that lives in your own Postgres.</h1>
        <p data-part="lead">
          Users, sessions and verification, as a library in your application or as a server of its own. You
          are looking at a running one.
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
      <h2 data-part="small-title">What’s here</h2>
      <ul data-part="places">
        <Place icon="mail" href={paths.inbox} title="Inbox">
          Every message that would have been sent.
        </Place>
        <Place icon="person" href={paths.account} title="Account">
          Profile, addresses, sessions and password.
        </Place>
        <Place icon="book" href={paths.docs} title="API docs">
          Every route, generated from the contract.
        </Place>
        <Place icon="eye" href={paths.messages} title="Messages">
          Every message in six languages.
        </Place>
      </ul>
      <h2 data-part="small-title">What you can rely on</h2>
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
