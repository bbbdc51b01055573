/** Every block of TypeScript in the documentation runs against the packed package; what does not run says why. */

import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDatabase } from '../harness/engines.js'
import type { Project } from '../harness/tarball.js'
import { createProject } from '../harness/tarball.js'

const root = fileURLToPath(new URL('../../', import.meta.url))
const pages = [
  'README.md',
  ...readdirSync(`${root}docs`)
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]

interface Block {
  readonly page: string
  readonly line: number
  readonly text: string
  readonly reason: string | undefined
}

function readBlocks(page: string): Block[] {
  const text = readFileSync(root + page, 'utf8')
  const blocks = text.matchAll(/(?:<!-- not run: ([^>]*) -->\s*)?```ts\n([\s\S]*?)```/g)
  return [...blocks].map(({ index, 1: reason, 2: body }) => ({
    page,
    line: text.slice(0, index).split('\n').length,
    text: body as string,
    reason,
  }))
}

const blocks = pages.flatMap(readBlocks)
const run = blocks.filter(({ reason }) => reason === undefined)
const left = blocks.filter(({ reason }) => reason !== undefined)

let project: Project
let database: string
beforeAll(async () => {
  project = createProject(['pg', '@types/pg'])
  database = await createDatabase()
})
afterAll(() => project.remove())

describe('a block of the documentation', () => {
  it.each(run)('runs: $page:$line', ({ text }) => {
    const { outputText } = ts.transpileModule(text, {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 },
    })
    expect(() => project.run(outputText, { DATABASE_URL: database })).not.toThrow()
  })

  it.each(left)('that does not run says why: $page:$line, $reason', ({ text, reason }) => {
    expect(reason?.length).toBeGreaterThan(10)
    const { diagnostics } = ts.transpileModule(text, { reportDiagnostics: true })
    expect(diagnostics).toEqual([])
  })

  it('stands on the first screen of the README, and prints what it says', () => {
    const first = readBlocks('README.md')[0] as Block
    expect(first.line).toBeLessThan(20)
    expect(project.run(first.text.replaceAll(/ \/\/ .*/g, '')).trim()).toBe('true')
  })

  it('names the two commands as they are', () => {
    const readme = readFileSync(`${root}README.md`, 'utf8')
    expect(readme).toContain('npm ci && npm start')
    expect(readme).toContain('npm ci && npm test')
    const { scripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
      scripts: Record<string, string>
    }
    expect(Object.keys(scripts)).toEqual(
      expect.arrayContaining(['start', 'test', 'check', 'bench', 'mutants', 'coverage']),
    )
  })
})
