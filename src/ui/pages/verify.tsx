/**
 * The page `verify`: a field for the code, instructions for the link, or both. It waits for the link, and can
 * send again.
 */

import { Button, Form } from '../components/form.js'
import { CodeField, EmailField } from '../components/field.js'
import { Heading, Layout } from '../components/layout.js'
import { Notice, Refusal } from '../components/notice.js'
import { Phrase } from '../components/words.js'
import type { VerifyProps } from '../props.js'
import type { PlainKey } from '../texts/texts.js'

// The seconds between reloads of the waiting page without scripts, where a reload loses no input.
const refreshSeconds = 5

function leadKey({ codeAction, link }: VerifyProps): PlainKey {
  if (codeAction === null) return 'verify.lead_link'
  return link ? 'verify.lead_both' : 'verify.lead_code'
}

function CodeForm({ frame, form, sent, codeAction, codeLength }: VerifyProps) {
  if (codeAction === null) return null
  const common = { frame, within: 'code', form }
  return (
    <Form frame={frame} id="code" action={codeAction}>
      {sent === null ? (
        <EmailField {...common} />
      ) : (
        <input type="hidden" name={sent.type} value={sent.value} />
      )}
      <CodeField {...common} length={codeLength} />
      <Button>{frame.words.say('verify.submit')}</Button>
    </Form>
  )
}

function WaitingPart({ frame, waiting, codeAction }: VerifyProps) {
  if (waiting === null) return null
  const { words, paths } = frame
  if (waiting.ready) {
    return (
      <>
        <Notice tone="good">{words.say('verify.ready')}</Notice>
        <Form frame={frame} id="waiting" action={paths.waiting}>
          <Button>{words.say('common.continue')}</Button>
        </Form>
      </>
    )
  }
  return (
    <section data-part="waiting" aria-labelledby="number-label">
      <h2 data-part="label" id="number-label">
        {words.say('verify.number')}
      </h2>
      <p data-part="number">{waiting.number}</p>
      <p data-part="hint">{words.say('verify.number_hint')}</p>
      <p data-part="pulse" role="status">
        {words.say('verify.waiting')}
      </p>
      <form method="post" action={paths.waiting} data-wait={paths.waiting} hidden>
        <input type="hidden" name="_form" value={frame.formToken} />
      </form>
      {codeAction === null ? null : (
        <noscript>
          <Form frame={frame} id="look" action={paths.waiting}>
            <Button kind="plain">{words.say('common.continue')}</Button>
          </Form>
        </noscript>
      )}
    </section>
  )
}

function Resend({ frame, sent, resendAction, resendAfterSeconds }: VerifyProps) {
  const { words, paths } = frame
  if (sent === null) return null
  return (
    <div data-part="again">
      <p data-part="hint">{words.say('verify.nothing_came')}</p>
      <Form frame={frame} id="again" action={resendAction} kind="inline">
        <input type="hidden" name={sent.type} value={sent.value} />
        <input type="hidden" name="again" value="yes" />
        <button type="submit" data-part="button" data-kind="quiet">
          {words.say('verify.resend')}
          {resendAfterSeconds > 0 ? (
            <span data-script data-countdown={resendAfterSeconds}>
              ({resendAfterSeconds})
            </span>
          ) : null}
        </button>
        <a data-part="link" href={paths.signIn}>
          {words.say('verify.change')}
        </a>
      </Form>
    </div>
  )
}

/** Renders the page. */
export function VerifyPage(props: VerifyProps) {
  const { frame, form, sent, sentAgain, waiting } = props
  const { words } = frame
  const title = words.say(sent === null ? 'verify.title_unknown' : `verify.title_${sent.type}`)
  const isWaiting = waiting !== null && !waiting.ready && props.codeAction === null
  return (
    <Layout
      frame={frame}
      title={title}
      failed={form.refused !== undefined}
      refresh={isWaiting ? refreshSeconds : undefined}
    >
      <Heading title={title}>
        {sent === null ? (
          words.say('verify.lead_unknown')
        ) : (
          <Phrase words={words} of={leadKey(props)} name="address" value={sent.value} />
        )}
      </Heading>
      {sentAgain ? <Notice tone="plain">{words.say('verify.sent_again')}</Notice> : null}
      <Refusal words={words} form={form} code />
      <WaitingPart {...props} />
      {waiting?.ready === true ? null : <CodeForm {...props} />}
      {waiting?.ready === true ? null : <Resend {...props} />}
    </Layout>
  )
}
