// Checks that the public exports equal the handwritten list in docs/surface.json, and that the packed tarball
// passes publint and attw. With --print, it prints the current exports.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ts from 'typescript'
import { root } from './imports.mjs'

const doors = {
  '.': 'index',
  './testing': 'testing/index',
  './postgres': 'store/postgres',
  './pglite': 'store/pglite',
  './strategies': 'strategies/index',
  './node': 'adapters/node',
  './client': 'client/index',
  './react': 'client/react',
  './redis': 'redis/index',
  './hono': 'adapters/hono',
  './feature': 'features/kit',
  './feature/web': 'features/web-kit',
  './delivery/smtp': 'delivery/smtp',
  './delivery/sms': 'delivery/sms',
  './delivery/whatsapp': 'delivery/whatsapp',
  './delivery/webhook': 'delivery/webhook',
  './delivery/console': 'delivery/console',
  './delivery/route': 'delivery/route',
}

function readSurface() {
  const entries = Object.values(doors).map((path) => join(root, 'dist', `${path}.d.ts`))
  const program = ts.createProgram(entries, {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    skipLibCheck: true,
  })
  const checker = program.getTypeChecker()
  return Object.fromEntries(
    Object.keys(doors).map((door, index) => {
      const file = program.getSourceFile(entries[index])
      if (file === undefined) throw new Error(`The door ${door} was not built.`)
      const symbols = checker.getExportsOfModule(checker.getSymbolAtLocation(file))
      const isValue = (symbol) => {
        const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
        return (target.flags & ts.SymbolFlags.Value) !== 0
      }
      const names = (wanted) =>
        symbols
          .filter((each) => isValue(each) === wanted)
          .map((each) => each.name)
          .sort()
      return [door, { values: names(true), types: names(false) }]
    }),
  )
}

function run(command, args) {
  try {
    execFileSync(command, args, { cwd: root, stdio: 'pipe', encoding: 'utf8' })
    return []
  } catch (error) {
    return [`${command} ${args[0]}: ${error.stdout}${error.stderr}`]
  }
}

const surface = readSurface()
if (process.argv.includes('--print')) {
  console.log(JSON.stringify(surface, null, 2))
} else {
  const listed = JSON.parse(readFileSync(join(root, 'docs/surface.json'), 'utf8'))
  const faults = []
  for (const door of new Set([...Object.keys(listed), ...Object.keys(surface)])) {
    for (const kind of ['values', 'types']) {
      const [want, have] = [listed[door]?.[kind] ?? [], surface[door]?.[kind] ?? []]
      for (const name of have)
        if (!want.includes(name))
          faults.push(`${door} exports ${name}, which docs/surface.json does not list.`)
      for (const name of want)
        if (!have.includes(name))
          faults.push(`${door} does not export ${name}, which docs/surface.json lists.`)
    }
    const module = await import(join(root, 'dist', `${doors[door]}.js`))
    const [real, said] = [Object.keys(module).sort().join(), (surface[door]?.values ?? []).join()]
    if (real !== said) faults.push(`${door} exports ${real} at run time and ${said} in its types.`)
  }
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-pack-'))
  execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], {
    cwd: root,
    stdio: 'pipe',
  })
  const tarball = join(folder, readdirSync(folder)[0])
  faults.push(...run('npx', ['publint', tarball, '--strict']))
  faults.push(...run('npx', ['attw', tarball, '--profile', 'esm-only']))
  rmSync(folder, { recursive: true })
  for (const fault of faults) console.error(fault)
  console.log(`${Object.keys(surface).length} doors, ${faults.length} faults`)
  if (faults.length > 0) process.exitCode = 1
}
