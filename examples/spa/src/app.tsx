import { SignedIn, SignedOut, useScope } from 'latchkey/react'
import { Account } from './account'
import { SignIn } from './sign-in'

/** The page: a protected part, or the way in. */
export function App() {
  const { status, error } = useScope()
  return (
    <>
      <h1>A single page</h1>
      {status === 'loading' && error === null && <p>One moment…</p>}
      {error !== null && <p role="alert">The server cannot be reached. We try again when you come back.</p>}
      <SignedIn>
        <Account />
      </SignedIn>
      <SignedOut>
        <SignIn />
      </SignedOut>
    </>
  )
}
