// The rule of features: outside `src/features/`, no import leads into the folder of a feature, and no string is
// a name that a declaration declares, or begins with one followed by `.` or `/`.
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import ts from 'typescript'
import { root } from './imports.mjs'

/** The parts of a declaration whose names belong to the feature. */
const listed = ['purposes', 'events', 'tables', 'limits', 'messages']

function textOf(node) {
  if (ts.isStringLiteralLike(node) || ts.isIdentifier(node)) return node.text
  return undefined
}

/** The names that the declaration in this file declares. */
function declaredIn(source) {
  const names = new Set()
  function read(declaration) {
    for (const property of declaration.properties) {
      if (!ts.isPropertyAssignment(property)) continue
      const key = textOf(property.name)
      const { initializer } = property
      if (key === 'id') names.add(textOf(initializer))
      if (['notices', 'segments', 'pages'].includes(key) && ts.isArrayLiteralExpression(initializer))
        for (const element of initializer.elements) names.add(textOf(element))
      if (listed.includes(key) && ts.isObjectLiteralExpression(initializer))
        for (const each of initializer.properties) names.add(textOf(each.name))
    }
  }
  function visit(node) {
    if (ts.isCallExpression(node) && node.expression.getText() === 'defineFeature') read(node.arguments[0])
    ts.forEachChild(node, visit)
  }
  visit(source)
  return names
}

async function parse(file) {
  const text = await readFile(join(root, 'src', file), 'utf8')
  return ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
}

/** The literals of a file that are values: no keys, no imports, no members of types. */
function literalsOf(source) {
  const found = []
  function visit(node) {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return
    if (ts.isPropertyAssignment(node)) return visit(node.initializer)
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart())
      found.push({ text: node.text.replace(/^\//, ''), line: line + 1 })
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

/** The faults of these files against the rule. */
export async function judgeFeatures(files) {
  const folders = (await readdir(join(root, 'src/features'), { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
  const declared = new Map()
  for (const folder of folders) {
    for (const name of declaredIn(await parse(`features/${folder}/feature.ts`))) declared.set(name, folder)
  }
  const faults = []
  for (const { file, imports } of files) {
    if (file.startsWith('features/')) continue
    for (const { target } of imports) {
      if (target !== undefined && folders.some((folder) => target.startsWith(`features/${folder}/`)))
        faults.push(`${file}: ${target} is inside a feature; import what features/ gives.`)
    }
    if (file.startsWith('testing/')) continue
    for (const { text, line } of literalsOf(await parse(file))) {
      const name = [...declared.keys()].find(
        (each) => text === each || text.startsWith(`${each}.`) || text.startsWith(`${each}/`),
      )
      if (name !== undefined)
        faults.push(`${file}:${line}: '${text}' belongs to the feature ${declared.get(name)}.`)
    }
  }
  return faults
}
