/** @jsxImportSource react */
/** The React components, rendered on the server. Changes over time are tested with the store. */

import type { ReactNode } from 'react'
import { renderToString } from 'react-dom/server'
import { describe, expect, it } from 'vitest'
import type { Scope } from '../contract/index.js'
import { createClient } from './client.js'
import { LatchkeyProvider, SignedIn, SignedOut, useScope } from './react.js'
import type { InitialScope } from './react.js'

const scope = { user: { id: 'u1', name: 'Ada' }, session: { id: 's1' } } as Scope
const client = createClient({
  baseUrl: 'https://app.example',
  fetch: () => Promise.reject(new Error('A server asks nothing.')),
})

function Status() {
  return <p>{useScope().status}</p>
}

const render = (initialScope: InitialScope, children: ReactNode) =>
  renderToString(
    <LatchkeyProvider client={client} initialScope={initialScope} live>
      {children}
    </LatchkeyProvider>,
  )

const both = (
  <>
    <SignedIn>{({ user }) => <b>{user.name}</b>}</SignedIn>
    <SignedIn>
      <i>in</i>
    </SignedIn>
    <SignedOut>
      <u>out</u>
    </SignedOut>
  </>
)

describe('on a server', () => {
  it('whoever is signed in sees what is theirs', () => {
    expect(render(scope, both)).toBe('<b>Ada</b><i>in</i>')
  })

  it('whoever is not sees the way in', () => {
    expect(render(null, both)).toBe('<u>out</u>')
  })

  it('nobody sees either while it is not known', () => {
    expect(render(undefined, both)).toBe('')
  })

  it.each([
    [undefined, 'loading'],
    [null, 'signed-out'],
    [scope, 'signed-in'],
  ])('a component knows how it stands: %o', (initial, status) => {
    expect(render(initial, <Status />)).toBe(`<p>${status}</p>`)
  })
})

it('a component without a provider above it is told what is missing', () => {
  expect(() => renderToString(<Status />)).toThrow(TypeError)
})
