import type { ListedSession } from 'latchkey/client'
import { useScope } from 'latchkey/react'
import { useEffect, useState } from 'react'

/** The protected part: what it shows, the server gave only to whoever is signed in. */
export function Account() {
  const { client, scope, refresh } = useScope()
  const [sessions, setSessions] = useState<readonly ListedSession[]>([])

  useEffect(() => {
    // A session that ended meanwhile is a refusal; the page learns it by asking again.
    client.sessions.list().then(setSessions, refresh)
  }, [client, refresh])

  if (scope === null) return null
  const { user, session } = scope
  return (
    <>
      <p>
        Signed in as <b>{user.name ?? user.id}</b> by {session.methods.join(', ')}.
      </p>
      <ul>
        {sessions.map(({ id, userAgent, seenAt, current }) => (
          <li key={id}>
            {userAgent ?? 'an unknown device'}, {new Date(seenAt).toLocaleString()} {current && '(this one)'}
          </li>
        ))}
      </ul>
      <button onClick={() => client.session.delete()}>Sign out</button>
      <button
        onClick={() =>
          client.sessions
            .deleteOthers()
            .then(() => client.sessions.list())
            .then(setSessions)
        }
      >
        End the other sessions
      </button>
    </>
  )
}
