import { openAuth } from '../../lib/auth'

export async function POST(request: Request): Promise<Response> {
  const auth = await openAuth()
  try {
    await auth.requireScope(request, { maxAge: '10m' })
    return Response.json({ status: 'sent' })
  } catch (error) {
    return auth.problem(error)
  }
}
