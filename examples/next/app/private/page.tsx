import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { baseUrl, openAuth } from '../../lib/auth'

export default async function Private() {
  const auth = await openAuth()
  const scope = await auth.scope(new Request(baseUrl, { headers: new Headers(await headers()) }))
  if (scope === null) redirect('/')
  return <p>Signed in as {scope.user.id}</p>
}
