import { AuthError } from 'latchkey/client'
import { useScope } from 'latchkey/react'
import { useState } from 'react'
import type { FormEvent } from 'react'

/** What is told of a refusal. The person reads our words; `code` decides which. */
function say(error: unknown): string {
  if (!AuthError.is(error)) throw error
  switch (error.code) {
    case 'invalid_credentials':
      return 'No account has this address and this password.'
    case 'input_invalid':
      return (error.fields ?? [])
        .map(({ field, rule, limit }) => `${field}: ${rule} ${limit ?? ''}`)
        .join(', ')
    case 'rate_limited':
      return `Too many tries. Wait ${Math.ceil((error.retryAfterMs ?? 60_000) / 1000)} seconds.`
    default:
      return error.message
  }
}

/** Sign in by password, sign up, or get a link. */
export function SignIn() {
  const { client } = useScope()
  const [told, setTold] = useState('')

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const how = (event.nativeEvent as SubmitEvent).submitter?.getAttribute('value')
    const data = new FormData(event.currentTarget)
    const [email, password] = [String(data.get('email')), String(data.get('password'))]
    try {
      if (how === 'link') {
        await client.magicLink.request({ email })
        setTold('If this address can sign in, a link is on its way. Open it in this browser.')
      } else if (how === 'sign-up') {
        await client.signUp({ email, password })
        setTold('A message is on its way: prove your address, then sign in.')
      } else await client.password.request({ email, password })
    } catch (error) {
      setTold(say(error))
    }
  }

  return (
    <form onSubmit={submit}>
      <label>
        Email <input name="email" type="email" autoComplete="username" required />
      </label>
      <label>
        Password <input name="password" type="password" autoComplete="current-password" />
      </label>
      <button value="password">Sign in</button>
      <button value="link">Send me a link</button>
      <button value="sign-up">Sign up</button>
      <p role="status">{told}</p>
    </form>
  )
}
