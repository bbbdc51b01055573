import { openAuth } from '../../../lib/auth'
import { readLocalPeer } from '../../../lib/local-peer'

async function answer(request: Request): Promise<Response> {
  const auth = await openAuth()
  const local = process.env.NODE_ENV === 'development' ? readLocalPeer(request) : null
  return local === null ? auth.fetch(request) : auth.fetch(local.request, local.peer)
}

export {
  answer as DELETE,
  answer as GET,
  answer as HEAD,
  answer as OPTIONS,
  answer as PATCH,
  answer as POST,
  answer as PUT,
}
