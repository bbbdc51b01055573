/**
 * The page `confirm`: what an opened link will do. Opening it did nothing; a button does.
 *
 * In another browser than the requesting one, it shows where the link was requested. The requester gets
 * nothing unless the person types the two-digit number, or a password.
 */

import { Button, ButtonLink, Form, ShownLink } from '../components/form.js'
import { Field, PasswordField } from '../components/field.js'
import { Heading, Layout } from '../components/layout.js'
import { Notice, Refusal } from '../components/notice.js'
import { Moment, Phrase } from '../components/words.js'
import { nameDevice, readDevice } from '../device.js'
import type { Words } from '../texts/say.js'
import type { AskedFrom, ConfirmProps, ConfirmWords, Frame } from '../props.js'

const ofKernel: Readonly<Record<'sign_in' | 'email', ConfirmWords>> = {
  sign_in: {
    title: 'confirm.sign_in_title',
    lead: 'confirm.sign_in_lead',
    submit: 'confirm.sign_in_submit',
    elsewhere: 'confirm.elsewhere_sign_in',
    callback: 'magic-link',
  },
  email: {
    title: 'confirm.email_title',
    lead: 'confirm.email_lead',
    submit: 'confirm.email_submit',
    elsewhere: 'confirm.elsewhere_email',
    callback: 'verification',
  },
}

function wordsOf({ purpose, own }: ConfirmProps): ConfirmWords {
  return own ?? ofKernel[purpose === 'sign_in' ? 'sign_in' : 'email']
}

// The names come from a closed list, so that the requester can't put words on this page.
function nameBrowser(userAgent: string | null, words: Words): string {
  const device = readDevice(userAgent)
  const isKnown = device.browser !== null || device.system !== null
  return isKnown ? nameDevice(device, words) : words.say('confirm.unknown_browser')
}

function Facts({ frame, asked }: { frame: Frame; asked: AskedFrom }) {
  const { words, now } = frame
  return (
    <dl data-part="facts">
      <div>
        <dt>{words.say('confirm.asked_in')}</dt>
        <dd>
          <bdi>{nameBrowser(asked.userAgent, words)}</bdi>
        </dd>
      </div>
      <div>
        <dt>{words.say('confirm.asked_from')}</dt>
        <dd>
          <bdi>{asked.network ?? words.say('confirm.unknown_network')}</bdi>
        </dd>
      </div>
      <div>
        <dt>{words.say('confirm.asked_at')}</dt>
        <dd>
          <Moment words={words} date={asked.at} now={now} />
        </dd>
      </div>
    </dl>
  )
}

function Here(props: ConfirmProps) {
  const { frame, shownLink } = props
  const { words, paths } = frame
  const { callback, submit } = wordsOf(props)
  return (
    <Form frame={frame} id="confirm" action={paths.callback(callback)}>
      <ShownLink value={shownLink} />
      <Button>{words.say(submit)}</Button>
    </Form>
  )
}

function Elsewhere({ frame, form, purpose, own, password, shownLink, approvals }: ConfirmProps) {
  const { words, paths } = frame
  const common = { frame, within: 'confirm', form }
  if (purpose === 'sign_in') {
    return (
      <>
        {approvals ? (
          <Form frame={frame} id="confirm" action={paths.approve}>
            <ShownLink value={shownLink} />
            <Field
              {...common}
              name="number"
              kind="code"
              label={words.say('confirm.number')}
              hint={words.say('confirm.number_hint')}
              input={{ type: 'text', inputmode: 'numeric', autocomplete: 'off', 'data-digits': 2 }}
            />
            <p data-part="hint">{words.say('confirm.number_warning')}</p>
            <Button>{words.say('confirm.finish_there')}</Button>
          </Form>
        ) : null}
        <ButtonLink kind={approvals ? 'plain' : 'primary'} href={paths.signIn}>
          {words.say('confirm.start_here')}
        </ButtonLink>
      </>
    )
  }
  if (own !== null) {
    return <ButtonLink href={paths.account}>{words.say('common.to_account')}</ButtonLink>
  }
  return (
    <Form frame={frame} id="confirm" action={paths.callback('verification')}>
      <ShownLink value={shownLink} />
      <PasswordField {...common} label={words.say('common.password')} fresh={password} />
      <Button>{words.say('confirm.email_submit')}</Button>
    </Form>
  )
}

function Finished({ frame }: ConfirmProps) {
  const { words } = frame
  return (
    <Layout frame={frame} title={words.say('confirm.finished_title')}>
      <Heading title={words.say('confirm.finished_title')} />
      <Notice tone="good">{words.say('confirm.finished_lead')}</Notice>
    </Layout>
  )
}

/** Renders the page. */
export function ConfirmPage(props: ConfirmProps) {
  const { frame, form, address, elsewhere, finished } = props
  const { words } = frame
  if (finished) return <Finished {...props} />
  const said = wordsOf(props)
  const title = words.say(elsewhere === null ? said.title : 'confirm.elsewhere_title')
  const lead = elsewhere === null ? said.lead : said.elsewhere
  return (
    <Layout frame={frame} title={title} failed={form.refused !== undefined}>
      <Heading title={title}>
        <Phrase words={words} of={lead} name="address" value={address} />
      </Heading>
      <Refusal words={words} form={form} />
      {elsewhere === null ? null : <Facts frame={frame} asked={elsewhere} />}
      {elsewhere === null ? <Here {...props} /> : <Elsewhere {...props} />}
      <p data-part="hint">{words.say('confirm.not_me')}</p>
    </Layout>
  )
}
