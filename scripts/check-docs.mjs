// Checks that every option, code, event and command is documented, with its correct default, that nothing
// else is documented, and that every relative link has a target.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { execFileSync } from 'node:child_process'
import { root } from './imports.mjs'

const faults = []
const read = (path) => (existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : '')

/** The rows of all tables of a page whose first cell is in backticks: name -> second cell. */
function readTable(path) {
  const rows = [...read(path).matchAll(/^\| `([^`]+)`\s*\|([^|]*)\|/gm)]
  return new Map(rows.map(([, name, cell]) => [name, cell.trim()]))
}

function compare(what, path, names) {
  const documented = readTable(path)
  for (const name of names)
    if (!documented.has(name)) faults.push(`${path}: the ${what} ${name} is not documented.`)
  for (const name of documented.keys())
    if (!names.includes(name)) faults.push(`${path}: there is no ${what} ${name}.`)
  return documented
}

const { errorCodes, eventTypes } = await import(join(root, 'dist/index.js'))
compare('code', 'docs/errors.md', [...errorCodes])
compare('event', 'docs/events.md', [...eventTypes])

const { optionDefaults } = await import(join(root, 'dist/auth/options.js'))
const options = compare('option', 'docs/options.md', Object.keys(optionDefaults))
for (const [name, value] of Object.entries(optionDefaults)) {
  const said = options.get(name) ?? ''
  const wanted = typeof value === 'string' ? `\`'${value}'\`` : `\`${JSON.stringify(value)}\``
  if (value !== null && said !== wanted)
    faults.push(`docs/options.md: the default of ${name} is ${wanted}, not ${said}.`)
  if (value === null && said.startsWith('`'))
    faults.push(`docs/options.md: ${name} has no plain default, and ${said} is said.`)
}

const { createProgram } = await import(join(root, 'dist/cli/program.js'))
const commandsOf = (program, path) =>
  program.commands.flatMap((each) => {
    const name = `${path}${each.name()}`
    return each.commands.length > 0 ? commandsOf(each, `${name} `) : [name]
  })
compare(
  'command',
  'docs/cli.md',
  commandsOf(
    createProgram(() => undefined),
    '',
  ),
)

const pages = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.md'], {
  cwd: root,
  encoding: 'utf8',
})
for (const page of pages.trim().split('\n')) {
  for (const [, target] of read(page).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)[^)]*\)/g)) {
    if (!existsSync(join(root, dirname(page), target)))
      faults.push(`${page}: the link ${target} leads nowhere.`)
  }
}
if (!/```ts\n/.test(read('README.md'))) faults.push('README.md has no TypeScript block.')

for (const fault of faults) console.error(fault)
console.log(`${faults.length} faults`)
if (faults.length > 0) process.exitCode = 1
