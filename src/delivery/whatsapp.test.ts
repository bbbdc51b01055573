/** Which language of a template is requested. */

import { expect, it } from 'vitest'
import type { Message } from '../core/index.js'
import { whatsapp } from './whatsapp.js'
import type { WhatsappOptions } from './whatsapp.js'

async function languageFor(locale: string | undefined, options: Partial<WhatsappOptions>): Promise<string> {
  const bodies: string[] = []
  const message: Message = {
    id: 'id',
    event: 'phone',
    to: { type: 'phone', value: '+351912345678' },
    user: { id: 'u', name: null },
    code: '424242',
    ...(locale !== undefined && { locale }),
  }
  const sender = whatsapp({
    accessToken: 'hidden',
    phoneNumberId: '1',
    template: 't',
    fetch: (_, init) => {
      bodies.push(init?.body as string)
      return Promise.resolve(new Response(null, { status: 200 }))
    },
    ...options,
  })
  await sender.deliver(message)
  return (JSON.parse(bodies[0] ?? '') as { template: { language: { code: string } } }).template.language.code
}

it('is one that is approved, when the approved ones are listed', async () => {
  const options = { language: 'en_US', languages: ['en_US', 'pt_BR', 'de'] }
  expect(await languageFor('pt-BR', options)).toBe('pt_BR')
  expect(await languageFor('PT-br', options)).toBe('pt_BR')
  expect(await languageFor('pt', options)).toBe('pt_BR')
  expect(await languageFor('de-AT', options)).toBe('de')
  expect(await languageFor('fr', options)).toBe('en_US')
  expect(await languageFor('../../x', options)).toBe('en_US')
  expect(await languageFor(undefined, options)).toBe('en_US')
})

it('is the locale of the person when none are listed', async () => {
  expect(await languageFor('de-DE', {})).toBe('de_DE')
  expect(await languageFor(undefined, {})).toBe('en_US')
})
