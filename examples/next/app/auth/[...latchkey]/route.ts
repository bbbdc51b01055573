import { openAuth } from '../../../lib/auth'

const answer = async (request: Request): Promise<Response> => (await openAuth()).fetch(request)

export {
  answer as DELETE,
  answer as GET,
  answer as HEAD,
  answer as OPTIONS,
  answer as PATCH,
  answer as POST,
  answer as PUT,
}
