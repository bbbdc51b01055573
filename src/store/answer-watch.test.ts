import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { watchAnswers } from './answer-watch.js'

const limitMs = 6_000
const lookMs = 500

let pool: EventEmitter
let watch: ReturnType<typeof watchAnswers>
let destroyed: Error[]

beforeEach(() => {
  vi.useFakeTimers()
  pool = new EventEmitter()
  watch = watchAnswers(pool, limitMs)
  destroyed = []
})
afterEach(() => vi.useRealTimers())

const newClient = () => ({ connection: { stream: { destroy: (error: Error) => destroyed.push(error) } } })
const send = (client: object) => pool.emit('acquire', client)
const settle = (client: object) => pool.emit('release', undefined, client)

describe('the watch over the answers of a pool', () => {
  it('destroys a connection that did not answer within the limit, once', () => {
    send(newClient())
    vi.advanceTimersByTime(limitMs - 1)
    expect(destroyed).toEqual([])
    vi.advanceTimersByTime(lookMs + 1)
    expect(destroyed.map(({ message }) => message)).toEqual(['Query read timeout'])
    vi.advanceTimersByTime(2 * limitMs)
    expect(destroyed).toHaveLength(1)
  })

  it('gives each statement the whole limit, whenever it was sent', () => {
    const busy = newClient()
    for (let sent = 0; sent < 40; sent++) {
      send(busy)
      vi.advanceTimersByTime(limitMs - 1)
      settle(busy)
      vi.advanceTimersByTime(sent)
    }
    expect(destroyed).toEqual([])
  })

  it('judges each connection by its own statement', () => {
    const [early, late] = [newClient(), newClient()]
    send(early)
    vi.advanceTimersByTime(limitMs / 2)
    send(late)
    vi.advanceTimersByTime(limitMs / 2 + lookMs)
    expect(destroyed).toHaveLength(1)
    settle(late)
    vi.advanceTimersByTime(limitMs)
    expect(destroyed).toHaveLength(1)
  })

  it('leaves a connection alone that was checked out for a transaction, until its next statement', () => {
    const lent = newClient()
    send(lent)
    watch.ignore(lent)
    vi.advanceTimersByTime(10 * limitMs)
    expect(destroyed).toEqual([])
    settle(lent)
    send(lent)
    vi.advanceTimersByTime(limitMs + lookMs)
    expect(destroyed).toHaveLength(1)
  })

  it('schedules nothing while no statement waits, also after a connection was removed', () => {
    expect(vi.getTimerCount()).toBe(0)
    const [answered, removed] = [newClient(), newClient()]
    send(answered)
    send(removed)
    expect(vi.getTimerCount()).toBe(1)
    settle(answered)
    pool.emit('remove', removed)
    vi.advanceTimersByTime(lookMs)
    expect(vi.getTimerCount()).toBe(0)
  })
})
