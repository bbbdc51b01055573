/** The scope store: when its value changes, when it doesn't, and which page events refresh it. */

import { describe, expect, it } from 'vitest'
import type { Scope } from '../contract/index.js'
import { AuthError } from './error.js'
import { watchEndings, watchReturns } from './page-events.js'
import type { PageLike } from './page-events.js'
import { createScopeStore } from './scope-store.js'

const scope = { user: { id: 'u1' }, session: { id: 's1' } } as Scope

/** A client whose session responses the test controls. */
function setUp() {
  const open: { resolve(found: Scope | null): void; reject(error: unknown): void }[] = []
  const get = () => new Promise<Scope | null>((resolve, reject) => void open.push({ resolve, reject }))
  return { client: { session: { get, delete: () => Promise.resolve() } }, open }
}

const answered = (found: Scope | null) => ({
  session: { get: () => Promise.resolve(found), delete: () => Promise.resolve() },
})
const failing = (error: Error) => ({
  session: { get: () => Promise.reject(error), delete: () => Promise.resolve() },
})

describe('who is signed in', () => {
  it('is not known before it was asked, unless the page was told', () => {
    const { client } = setUp()
    expect(createScopeStore(client, undefined).get()).toEqual({ status: 'loading', scope: null, error: null })
    expect(createScopeStore(client, null).get().status).toBe('signed-out')
    expect(createScopeStore(client, scope).get()).toMatchObject({ status: 'signed-in', scope })
  })

  it('is what the server says, and listeners hear of changes alone', async () => {
    let heard = 0
    const store = createScopeStore(answered({ ...scope }), scope)
    const end = store.subscribe(() => heard++)
    const before = store.get()
    await store.refresh()
    expect(store.get()).toBe(before)
    expect(heard).toBe(0)
    const other = createScopeStore(answered(null), scope)
    other.subscribe(() => heard++)
    await other.refresh()
    expect(other.get().status).toBe('signed-out')
    expect(heard).toBe(1)
    end()
  })

  it('stays as it was while the server can’t be reached, and says so', async () => {
    const error = new AuthError('unavailable')
    const store = createScopeStore(failing(error), scope)
    await store.refresh()
    expect(store.get()).toEqual({ status: 'signed-in', scope, error })
    const unknown = createScopeStore(failing(error), undefined)
    await unknown.refresh()
    expect(unknown.get()).toMatchObject({ status: 'loading', error })
  })

  it('hands on what is no refusal', async () => {
    const fault = new TypeError('a bug')
    await expect(createScopeStore(failing(fault), null).refresh()).rejects.toBe(fault)
  })

  it('is asked once at a time, and once more for whatever came meanwhile', async () => {
    const { client, open } = setUp()
    const store = createScopeStore(client, undefined)
    const first = store.refresh()
    const others = [store.refresh(), store.refresh()]
    expect(open).toHaveLength(1)
    open[0]?.resolve(scope)
    await expect.poll(() => open.length).toBe(2)
    open[1]?.resolve(null)
    await Promise.all([first, ...others])
    expect(open).toHaveLength(2)
    expect(store.get().status).toBe('signed-out')
  })
})

/** A page whose events the test fires. */
function createPage() {
  const listeners = new Map<string, Set<() => void>>()
  const streams: { url: string; open: boolean; send(type: string): void }[] = []
  function on(target: Map<string, Set<() => void>>, type: string, listener: () => void): void {
    target.set(type, (target.get(type) ?? new Set()).add(listener))
  }
  function EventSource(url: string) {
    const own = new Map<string, Set<() => void>>()
    const stream = { url, open: true, send: (type: string) => own.get(type)?.forEach((each) => each()) }
    streams.push(stream)
    return {
      addEventListener: (type: string, listener: () => void) => on(own, type, listener),
      close: () => void (stream.open = false),
    }
  }
  const page = {
    addEventListener: (type: string, listener: () => void) => on(listeners, type, listener),
    removeEventListener: (type: string, listener: () => void) => void listeners.get(type)?.delete(listener),
    EventSource: EventSource as unknown as NonNullable<PageLike['EventSource']>,
  }
  return { page, streams, send: (type: string) => listeners.get(type)?.forEach((each) => each()) }
}

describe('a page', () => {
  it('asks again when somebody comes back to it, until it is left', () => {
    let asked = 0
    const { page, send } = createPage()
    const end = watchReturns(page, () => asked++)
    for (const type of ['focus', 'online', 'pageshow']) send(type)
    expect(asked).toBe(3)
    end()
    send('focus')
    expect(asked).toBe(3)
  })

  it('hears of an ended session, and hangs up when it is left', () => {
    let heard = 0
    const { page, streams } = createPage()
    const end = watchEndings(page, '/auth/session/events', () => heard++)
    for (const type of ['message', 'ended', 'error']) streams[0]?.send(type)
    expect(heard).toBe(3)
    expect(streams).toMatchObject([{ url: '/auth/session/events', open: true }])
    end()
    expect(streams[0]?.open).toBe(false)
  })

  it('without server-sent events hears nothing, and works', () => {
    let heard = 0
    const { page } = createPage()
    const plain = { ...page, EventSource: undefined }
    watchEndings(plain, '/auth/session/events', () => heard++)()
    expect(heard).toBe(0)
  })
})
