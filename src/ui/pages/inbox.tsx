/**
 * The development page `inbox`: every message that would have been sent, with its link and code. In English.
 */

import type { KernelMessage, Message } from '../../core/index.js'
import { ButtonLink } from '../components/form.js'
import { Heading, Layout } from '../components/layout.js'
import type { InboxProps } from '../props.js'

/** What the messages of the kernel are called. */
export const kernelTitles: Readonly<Record<KernelMessage, string>> = {
  email: 'Confirm email address',
  phone: 'Confirm phone number',
  sign_in: 'Sign in',
  account_verified: 'Account confirmed',
  password_changed: 'Password changed',
  sign_up_repeated: 'Sign-up with a taken address',
  password_paused: 'Wrong password 100 times',
  sign_in_approved: 'Another browser signed in',
}

function CopyButton({ text, what }: { text: string; what: string }) {
  return (
    <button
      type="button"
      data-part="button"
      data-kind="plain"
      data-script
      data-copy={text}
      data-copied="Copied"
      aria-label={`Copy the ${what}`}
    >
      Copy
    </button>
  )
}

function Letter({ message, title }: { message: Message; title: string | undefined }) {
  const { id, event, to, code, link } = message
  return (
    <article data-part="message" id={`message-${id}`}>
      <header>
        <h2>{title ?? event}</h2>
        <p data-part="hint">
          To <bdi data-part="value">{to.value}</bdi>
        </p>
      </header>
      {code === undefined ? null : (
        <div data-part="secret">
          <code data-part="code">{code}</code>
          <CopyButton text={code} what="code" />
        </div>
      )}
      {link === undefined ? null : (
        <div data-part="secret">
          <a data-part="link" href={link}>
            {link}
          </a>
          <CopyButton text={link} what="link" />
        </div>
      )}
    </article>
  )
}

/** Renders the page. New messages appear by script, or after a reload. */
export function InboxPage({ frame, titles, messages }: InboxProps) {
  const { paths } = frame
  return (
    <Layout
      frame={frame}
      title="Inbox"
      wide
      actions={
        <ButtonLink kind="plain" href={paths.messages}>
          Previews
        </ButtonLink>
      }
    >
      <Heading title="Inbox">
        Every message that would have been sent, newest first. Nothing leaves this machine.
      </Heading>
      <div data-part="letters" data-live>
        {messages.map((message) => (
          <Letter message={message} title={titles[message.event]} />
        ))}
        <p data-part="empty">
          Nothing here yet. <a href={paths.signUp}>Create an account</a>, and the message will appear here.
        </p>
      </div>
    </Layout>
  )
}
