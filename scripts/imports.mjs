// Reads the imports of the source files with the TypeScript parser.
import { readFile, readdir } from 'node:fs/promises'
import { dirname, join, normalize, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

export const root = fileURLToPath(new URL('../', import.meta.url))
const source = join(root, 'src')

/** The room of a file of `src`; `src/index.ts`, the public entry point, belongs to the room `auth`. */
export function roomOf(file) {
  const parts = file.split('/')
  return parts.length === 1 ? 'auth' : parts[0]
}

function specifiersOf(text, name) {
  const found = []
  const file = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true)
  const visit = (node) => {
    const isDeclaration = ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
    if (isDeclaration && node.moduleSpecifier !== undefined) {
      const typeOnly = ts.isImportDeclaration(node) ? node.importClause?.isTypeOnly === true : node.isTypeOnly
      found.push({ specifier: node.moduleSpecifier.text, typeOnly })
    }
    const isCall = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
    if (isCall && ts.isStringLiteral(node.arguments[0])) {
      found.push({ specifier: node.arguments[0].text, typeOnly: false, dynamic: true })
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}

/**
 * Every source file except tests, with its imports: `{ file, imports: [{ target | library, typeOnly }] }`.
 */
export async function readImports() {
  const names = (await readdir(source, { recursive: true }))
    .map((name) => name.split(sep).join('/'))
    .filter((name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name))
    .sort()
  return Promise.all(
    names.map(async (file) => {
      const text = await readFile(join(source, file), 'utf8')
      const imports = specifiersOf(text, file).map(({ specifier, ...kind }) => {
        if (!specifier.startsWith('.')) return { library: specifier, ...kind }
        const path = relative(source, normalize(join(source, dirname(file), specifier)))
          .split(sep)
          .join('/')
        const target = [path.replace(/\.js$/, '.ts'), path.replace(/\.js$/, '.tsx')].find((each) =>
          names.includes(each),
        )
        return { target, specifier, ...kind }
      })
      return { file, imports }
    }),
  )
}
