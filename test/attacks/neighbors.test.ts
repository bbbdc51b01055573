/**
 * What stands beside our schema: a `public` in which anybody may make functions, operators and types of the names that
 * our statements use. None of them is ever called, however the search path is set.
 */

import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { readSettings } from '../../src/auth/settings.js'
import { prepareStore } from '../../src/store/index.js'
import { createDatabase } from '../harness/engines.js'
import { attribute } from '../../src/store/attribution.js'
import { plantNeighbors } from '../harness/neighbors.js'
import { createTestAuth } from '../../src/testing/index.js'

interface Collected {
  readonly plain: string
  readonly text: string
}

// Every statement that anything prepares, whoever wrote it.
const collected = vi.hoisted(() => new Map<string, Collected>())

vi.mock(import('../../src/store/statement.js'), async (original) => {
  const real = await original()
  const keeping =
    (make: typeof real.prepare): typeof real.prepare =>
    (name, plain) => {
      const prepared = make(name, plain)
      collected.set(prepared.name, { plain: prepared.logs ? attribute(plain) : plain, text: prepared.text })
      return prepared
    }
  return { ...real, prepare: keeping(real.prepare), prepareUrgent: keeping(real.prepareUrgent) }
})

/** What a parse tree says that was looked up: functions, operators, aggregates, and types of what is made. */
const lookedUp =
  /:(opno|opfuncid|negfuncid|funcid|aggfnoid|winfnoid|eqop|sortop|resulttype|opresulttype|funcresulttype|consttype|paramtype|elemtype|element_typeid|array_typeid|casetype|coalescetype|minmaxtype|aggtype|colltypes|resultcollid) (\d+)/g
const firstOid = 16_384

/** The parse tree of a statement as the server reads it. */
async function treeOf(client: pg.Client, text: string): Promise<string> {
  const trees: string[] = []
  const keep = ({ message, detail }: { message?: string | undefined; detail?: string | undefined }): void => {
    if (message === 'parse tree:') trees.push(detail ?? '')
  }
  client.on('notice', keep)
  try {
    await client.query(`prepare read as ${text}`)
    await client.query('deallocate read')
    return trees.join('\n')
  } catch (error) {
    throw new Error(`${(error as Error).message}: ${text}`, { cause: error })
  } finally {
    client.off('notice', keep)
  }
}

/** Which of what it looked up is no part of PostgreSQL. */
function foreignIn(tree: string): string[] {
  const found = [...tree.matchAll(lookedUp)].filter(([, , oid]) => Number(oid) >= firstOid)
  return [...new Set(found.map(([, kind, oid]) => `${kind} ${oid}`))]
}

// Where in the text something stands, how an operator was spelled, and a list's flag tell nothing of what is meant.
function meaningOf(tree: string): string {
  return tree
    .replace(/:(?:stmt_)?(?:location|len|list_start|list_end) -?\d+/g, '')
    .replace(/\("pg_catalog" ("[^"]+")\)/g, '($1)')
    .replace(/\s+/g, ' ')
}

let url: string
let client: pg.Client

beforeAll(async () => {
  url = await createDatabase()
  const { auth } = await createTestAuth({ database: url, migrate: true })
  await auth.close()
  // Where sessions are kept elsewhere, some statements are others.
  prepareStore({ ...readSettings({ database: 'memory' }), sessionsElsewhere: true })
  // As they were written, so that one that was not qualified by mistake is planted too.
  const functions = [...collected.values()].flatMap(({ plain }) => [...plain.matchAll(/\b([a-z_0-9]+)\(/g)])
  await plantNeighbors(url, [...new Set(functions.map(([, name]) => name as string))])
  client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(`set client_min_messages = log; set debug_print_parse = on`)
})

afterAll(() => client.end())

describe.each(['"$user", public', 'public, pg_catalog'])('a hostile schema in the search path %s', (path) => {
  const under = async (each: keyof Collected): Promise<Map<string, string[]>> => {
    const foreign = new Map<string, string[]>()
    for (const [name, texts] of collected) {
      const tree = await treeOf(client, texts[each])
      expect(tree).not.toBe('')
      if (foreignIn(tree).length > 0) foreign.set(name, foreignIn(tree))
    }
    return foreign
  }

  it('is looked into by no prepared statement', async () => {
    await client.query(`set search_path = ${path}`)
    expect(collected.size).toBeGreaterThan(60)
    expect(await under('text')).toEqual(new Map())
  })

  it('would be looked into by statements that are not qualified', async () => {
    await client.query(`set search_path = ${path}`)
    const foreign = new Map<string, string[]>()
    for (const [name, { plain }] of collected) {
      // Some can't even be read, where a planted type stands in the way.
      const found = await treeOf(client, plain).then(foreignIn, () => ['refused'])
      if (found.length > 0) foreign.set(name, found)
    }
    expect(foreign.size).toBeGreaterThan(path.startsWith('public') ? 60 : 5)
  })
})

it('means the same as the plain statement', async () => {
  await client.query('set search_path = pg_catalog')
  for (const [name, { plain, text }] of collected) {
    const [meant, said] = [meaningOf(await treeOf(client, plain)), meaningOf(await treeOf(client, text))]
    let place = 0
    while (place < said.length && said[place] === meant[place]) place++
    const around = (tree: string): string => `${name}: ${tree.slice(Math.max(0, place - 200), place + 200)}`
    if (meant !== said) expect(around(said)).toBe(around(meant))
  }
})
