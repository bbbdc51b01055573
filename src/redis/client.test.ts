/** Running scripts on a client that behaves like a failing server. */

import { describe, expect, it } from 'vitest'
import { AuthError } from '../base/index.js'
import { createCommands } from './client.js'
import type { CommandLimits, RedisLike } from './client.js'
import { readSession, revokeSession } from './scripts.js'

const unconfirmed: CommandLimits = { replicas: 0, waitTimeoutMs: 50, timeoutMs: 50 }
const confirmed: CommandLimits = { ...unconfirmed, replicas: 2 }

function reply(message: string): Error {
  return Object.assign(new Error(message), {
    name: 'ReplyError',
    command: { name: 'evalsha', args: ['a secret'] },
  })
}

type Answer = { readonly value: unknown } | { readonly error: Error } | 'never'

/**
 * Gives these answers in order, and records the calls: single commands by name, pipelines as a list of names.
 */
function createFake(answers: readonly Answer[], status = 'ready') {
  const asked: string[] = []
  let next = 0

  function answer(): Promise<unknown> {
    const given = answers[next++] ?? { value: null }
    if (given === 'never') return new Promise(() => undefined)
    return 'error' in given ? Promise.reject(given.error) : Promise.resolve(given.value)
  }

  const client: RedisLike = {
    status,
    evalsha: () => {
      asked.push('evalsha')
      return answer()
    },
    eval: () => {
      asked.push('eval')
      return answer()
    },
    pipeline() {
      const names: string[] = []
      return {
        evalsha: () => names.push('evalsha'),
        eval: () => names.push('eval'),
        wait: (replicas) => names.push(`wait ${replicas}`),
        async exec() {
          asked.push(names.join(', '))
          const result = answer().then(
            (value) => [null, value] as [null, unknown],
            (error: unknown) => [error, undefined] as [Error, undefined],
          )
          const acknowledged = await answer()
          return [await result, [null, acknowledged]]
        },
      }
    },
    duplicate: () => client,
    on: () => undefined,
    disconnect: () => undefined,
  }
  return { client, asked }
}

async function refusal(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => new Error('done'),
    (thrown: unknown) => thrown,
  )
  expect(JSON.stringify([error, (error as Error).message, (error as Error).cause])).not.toContain('a secret')
  return AuthError.is(error) ? `${error.code} ${error.reason}` : String(error)
}

describe('a script', () => {
  it('is sent by its digest, and as text where a server does not know it', async () => {
    const { client, asked } = createFake([{ error: reply('NOSCRIPT No matching script.') }, { value: 'x' }])
    const commands = createCommands(client, unconfirmed, () => undefined)
    expect(await commands.run(readSession, 'key', [''])).toBe('x')
    expect(asked).toEqual(['evalsha', 'eval'])
  })

  it.each([
    ['CLUSTERDOWN The cluster is down', 'unavailable redis_clusterdown'],
    ['LOADING Redis is loading the dataset in memory', 'unavailable redis_loading'],
    ['READONLY You can not write against a read only replica.', 'unavailable redis_readonly'],
    ['WRONGTYPE Operation against a key holding the wrong kind of value', 'internal redis_wrongtype'],
    ["NOPERM this user has no permissions to run 'evalsha'", 'internal redis_noperm'],
  ])('that meets %s is %s', async (message, wanted) => {
    const { client } = createFake([{ error: reply(message) }])
    const commands = createCommands(client, unconfirmed, () => undefined)
    expect(await refusal(commands.run(readSession, 'key', ['a secret']))).toBe(wanted)
  })

  it('that is cut off or not answered is unavailable', async () => {
    const cut = createFake([{ error: new Error('Connection is closed.') }])
    const run = createCommands(cut.client, unconfirmed, () => undefined).run(readSession, 'key', [''])
    expect(await refusal(run)).toBe('unavailable redis_unreachable')
    const silent = createFake(['never'])
    const waiting = createCommands(silent.client, unconfirmed, () => undefined).run(readSession, 'key', [''])
    expect(await refusal(waiting)).toBe('unavailable redis_timeout')
  })

  it.each(['close', 'reconnecting', 'end'])('is not even sent while the client is in %s', async (status) => {
    const { client, asked } = createFake([], status)
    const commands = createCommands(client, confirmed, () => undefined)
    expect(await refusal(commands.run(readSession, 'key', ['']))).toBe('unavailable redis_unreachable')
    expect(await refusal(commands.confirm(revokeSession, 'key', ['']))).toBe('unavailable redis_unreachable')
    expect(asked).toEqual([])
  })
})

describe('a write that is to be confirmed', () => {
  it('goes in one pipeline with its WAIT, again as text where the digest is unknown', async () => {
    const { client, asked } = createFake([
      { error: reply('NOSCRIPT No matching script.') },
      { value: 2 },
      { value: 'x' },
      { value: 2 },
    ])
    const commands = createCommands(client, confirmed, () => undefined)
    expect(await commands.confirm(revokeSession, 'key', [''])).toBe('x')
    expect(asked).toEqual(['evalsha, wait 2', 'eval, wait 2'])
  })

  it('follows a slot that moved', async () => {
    const { client, asked } = createFake([
      { error: reply('MOVED 1 127.0.0.1:1') },
      { value: 2 },
      { value: 0 },
      { value: 'x' },
      { value: 2 },
    ])
    const commands = createCommands(client, confirmed, () => undefined)
    expect(await commands.confirm(revokeSession, 'key', [''])).toBe('x')
    expect(asked).toEqual(['evalsha, wait 2', 'eval', 'evalsha, wait 2'])
  })

  it('is refused and undone when too few replicas have it', async () => {
    const { client } = createFake([{ value: 'x' }, { value: 1 }])
    let undone = 0
    const commands = createCommands(client, confirmed, () => undefined)
    const work = commands.confirm(revokeSession, 'key', [''], () => undone++)
    expect(await refusal(work)).toBe('unavailable redis_replicas_behind')
    await expect.poll(() => undone).toBe(1)
  })

  it('is undone only once nothing of it can happen any more', async () => {
    let answer: (value: unknown) => void = () => undefined
    const { client } = createFake([])
    const slow = { ...client, evalsha: () => new Promise((resolve) => (answer = resolve)) }
    let undone = 0
    const commands = createCommands(slow, unconfirmed, () => undefined)
    const work = commands.confirm(revokeSession, 'key', [''], () => undone++)
    expect(await refusal(work)).toBe('unavailable redis_timeout')
    expect(undone).toBe(0)
    answer('late')
    await expect.poll(() => undone).toBe(1)
  })
})
