/** The development page `messages`: one message in one locale, as mail clients show it. In English. */

import { Heading, Layout } from '../components/layout.js'
import { Button } from '../components/form.js'
import type { MessagesProps } from '../props.js'
import { localeNames } from '../texts/texts.js'

/** Renders the page. The message is in its own frame, which runs no script. */
export function MessagesPage({ frame, events, event, locale }: MessagesProps) {
  const { paths } = frame
  return (
    <Layout frame={frame} title="Messages" wide>
      <Heading title="Messages">What your users receive, with sample links and codes.</Heading>
      <form data-part="form" data-kind="row" method="get" action={paths.messages}>
        <div data-part="field">
          <label data-part="label" for="preview-event">
            Message
          </label>
          <select data-part="input" id="preview-event" name="event">
            {events.map((name) => (
              <option value={name} selected={name === event}>
                {name}
              </option>
            ))}
          </select>
        </div>
        <div data-part="field">
          <label data-part="label" for="preview-locale">
            Language
          </label>
          <select data-part="input" id="preview-locale" name="locale">
            {localeNames.map((name) => (
              <option value={name} selected={name === locale}>
                {name}
              </option>
            ))}
          </select>
        </div>
        <Button kind="plain">Show</Button>
      </form>
      <iframe
        data-part="preview"
        title={`Preview of ${event} in ${locale}`}
        src={`${paths.messages}/${event}/${locale}`}
        sandbox=""
      ></iframe>
    </Layout>
  )
}
