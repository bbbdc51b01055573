// Fails if the repository differs from AGENTS.md or the lists here: a test in a wrong place, module state
// that is not listed here, or a test folder or floor that AGENTS.md does not name.
import { readFile, readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import ts from 'typescript'
import { floors } from './floors.mjs'
import { readImports, root } from './imports.mjs'

/** The allowed module state: caches in which each value follows from its key. */
const caches = {
  'http/json-text.ts': ['days'],
  'store/exact-time.ts': ['exact'],
  'testing/template.ts': ['dumps'],
}

const faults = []
const map = await readFile(join(root, 'AGENTS.md'), 'utf8')

async function namesIn(folder) {
  const names = await readdir(join(root, folder), { recursive: true })
  return names.map((name) => name.replaceAll('\\', '/'))
}

// Tests of one file are beside it, tests of a folder have its name, and tests of behavior are in a folder of
// `test/`.
const sources = await namesIn('src')
for (const test of sources.filter((name) => /\.test\.tsx?$/.test(name))) {
  const stem = test.replace(/\.test\.tsx?$/, '')
  const subject = stem.replace(/\.[a-z-]+$/, '')
  const isBeside = sources.includes(`${subject}.ts`) || sources.includes(`${subject}.tsx`)
  const isOfFolder = basename(stem) === basename(dirname(stem))
  if (!isBeside && !isOfFolder)
    faults.push(`src/${test}: name it after the file beside it or after its folder, or move it to test/.`)
}
const folders = new Set(
  (await namesIn('test'))
    .filter((name) => /\.(test|scale|faults)\.tsx?$/.test(name))
    .map((name) => name.split('/')[0]),
)
for (const folder of folders) {
  if (folder.includes('.')) faults.push(`test/${folder}: put it into a folder.`)
  else if (!map.includes(`\`test/${folder}\``))
    faults.push(`AGENTS.md does not say what test/${folder} holds.`)
}

// Module state.
const holders = /^(Map|Set|WeakMap|WeakSet|Array)$/
function stateOf(statement) {
  if (!ts.isVariableStatement(statement)) return []
  const isConst = (statement.declarationList.flags & ts.NodeFlags.Const) !== 0
  return statement.declarationList.declarations
    .filter(({ initializer }) => {
      if (!isConst) return true
      if (initializer === undefined) return false
      const isEmpty = (initializer.arguments ?? initializer.elements ?? [null]).length === 0
      if (ts.isArrayLiteralExpression(initializer)) return isEmpty
      return ts.isNewExpression(initializer) && holders.test(initializer.expression.getText()) && isEmpty
    })
    .map(({ name }) => name.getText())
}
for (const { file } of await readImports()) {
  const text = await readFile(join(root, 'src', file), 'utf8')
  const { statements } = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  for (const name of statements.flatMap(stateOf)) {
    if (!caches[file]?.includes(name)) faults.push(`src/${file}: ${name} is state of the module.`)
  }
}

// Floors.
for (const { name, rooms } of floors) {
  const line = `- ${name}: ${[...rooms]
    .sort()
    .map((room) => `\`${room}\``)
    .join(', ')}`
  if (!map.includes(`${line}\n`)) faults.push(`AGENTS.md lacks this floor, as a line: ${line}`)
}

for (const fault of faults) console.error(fault)
if (faults.length > 0) process.exitCode = 1
