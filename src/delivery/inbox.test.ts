/** The inbox for development and tests. */

import { expect, it } from 'vitest'
import type { Message } from '../core/index.js'
import { createInbox } from './inbox.js'

function message(id: string, to = 'ada@example.com'): Message {
  return { id, event: 'password_changed', to: { type: 'email', value: to }, user: { id: 'u', name: null } }
}

it('keeps a message once, however often it is delivered', async () => {
  const inbox = createInbox()
  await inbox.deliver(message('1'))
  await inbox.deliver(message('1'))
  expect(inbox.all()).toHaveLength(1)
})

it('finds by address, the last one, and forgets when it is told to', async () => {
  const inbox = createInbox()
  expect(inbox.latest()).toBeUndefined()
  await inbox.deliver(message('1'))
  await inbox.deliver(message('2', 'bob@example.com'))
  await inbox.deliver(message('3'))
  expect(inbox.to('ada@example.com').map(({ id }) => id)).toEqual(['1', '3'])
  expect([inbox.latest()?.id, inbox.latest('bob@example.com')?.id]).toEqual(['3', '2'])
  inbox.clear()
  expect(inbox.all()).toEqual([])
})

it('keeps the newest up to its limit', async () => {
  const inbox = createInbox({ limit: 2 })
  for (const id of ['1', '2', '3']) await inbox.deliver(message(id))
  expect(inbox.all().map(({ id }) => id)).toEqual(['2', '3'])
})

it('calls back with each new message until it is stopped', async () => {
  const inbox = createInbox()
  const seen: string[] = []
  const stop = inbox.onMessage(({ id }) => seen.push(id))
  await inbox.deliver(message('1'))
  await inbox.deliver(message('1'))
  stop()
  await inbox.deliver(message('2'))
  expect(seen).toEqual(['1'])
})

it('has the message, and fails the try, when a callback throws', async () => {
  const inbox = createInbox()
  inbox.onMessage(() => {
    throw new Error('no')
  })
  await expect(inbox.deliver(message('1'))).rejects.toThrow('no')
  expect(inbox.all()).toHaveLength(1)
  await expect(inbox.deliver(message('1'))).resolves.toBeUndefined()
})
