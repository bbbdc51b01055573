/** A person's sessions, with the current one first and marked, each with a button to end it. */

import type { Session } from '../../core/index.js'
import { nameDevice, readDevice } from '../device.js'
import type { Frame } from '../props.js'
import { Button, Form } from './form.js'
import { Icon } from './icon.js'
import { Moment } from './words.js'

function SessionItem({ frame, session, isCurrent }: { frame: Frame; session: Session; isCurrent: boolean }) {
  const { words, paths, now } = frame
  const device = readDevice(session.userAgent)
  const name = nameDevice(device, words)
  const [before, after] = words.around('account.seen', 'when')
  return (
    <li data-part="session">
      <span data-part="device">
        <Icon name={device.kind} />
      </span>
      <div data-part="session-facts">
        <p>
          <bdi data-part="value">{name}</bdi>{' '}
          {isCurrent ? (
            <span data-part="badge" data-tone="good">
              {words.say('account.this_session')}
            </span>
          ) : null}
        </p>
        <p data-part="hint">
          {session.ip === null ? null : (
            <>
              <bdi>{session.ip}</bdi> ·{' '}
            </>
          )}
          {before}
          <Moment words={words} date={session.seenAt} now={now} />
          {after}
        </p>
      </div>
      {isCurrent ? null : (
        <Form frame={frame} id={`end-${session.id}`} action={paths.endSession(session.id)} kind="inline">
          <Button kind="plain" label={words.say('account.end_label', { device: name })}>
            {words.say('account.end')}
          </Button>
        </Form>
      )}
    </li>
  )
}

/** The list, with a button below it to end all other sessions. */
export function SessionList(props: { frame: Frame; sessions: readonly Session[]; current: Session['id'] }) {
  const { frame, sessions, current } = props
  const { words, paths } = frame
  const others = sessions.filter(({ id }) => id !== current)
  const own = sessions.filter(({ id }) => id === current)
  return (
    <>
      <ul data-part="list">
        {[...own, ...others].map((session) => (
          <SessionItem frame={frame} session={session} isCurrent={session.id === current} />
        ))}
      </ul>
      {others.length === 0 ? null : (
        <Form frame={frame} id="end-others" action={paths.endOthers}>
          <Button kind="plain">{words.count('account.end_others', others.length)}</Button>
        </Form>
      )}
    </>
  )
}
