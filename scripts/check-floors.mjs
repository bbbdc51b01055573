// Fails on an import that goes up, sideways, past a room's index.ts, to a missing file, to an undeclared
// library, or in a circle, and on an outdated drawing of the house. With --draw, it updates the drawing.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { drawHouse } from './draw-house.mjs'
import { judgeFeatures } from './feature-names.mjs'
import { floorOf, floors, pureRooms, sideDoors } from './floors.mjs'
import { readImports, roomOf, root } from './imports.mjs'

const files = await readImports()
const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
const faults = []

function judgeLibrary(file, library) {
  const room = roomOf(file)
  const name = library.startsWith('@') ? library.split('/').slice(0, 2).join('/') : library.split('/')[0]
  if (pureRooms.includes(room)) faults.push(`${file}: ${room} imports no library, and this is ${library}.`)
  else if (
    !library.startsWith('node:') &&
    !(name in { ...manifest.dependencies, ...manifest.peerDependencies })
  ) {
    faults.push(`${file}: ${name} is not among the dependencies.`)
  }
}

function judgeTarget(file, target) {
  const [from, to] = [roomOf(file), roomOf(target)]
  if (from === to) return
  const roof = floors.length - 1
  const upwards = floorOf(to) > floorOf(from)
  const sideways = floorOf(to) === floorOf(from) && !(floorOf(from) === roof && to === 'auth')
  if (upwards || sideways) faults.push(`${file}: ${from} must not import ${to}, and this is ${target}.`)
  const isDoor = target === `${to}/index.ts` || sideDoors.includes(target) || to === 'auth'
  if (!isDoor) faults.push(`${file}: ${target} is not the door of ${to}.`)
}

for (const { file, imports } of files) {
  for (const { library, target, specifier } of imports) {
    if (library !== undefined) judgeLibrary(file, library)
    else if (target === undefined) faults.push(`${file}: there is no ${specifier}.`)
    else judgeTarget(file, target)
  }
}

// Circles of modules at run time; type imports don't count.
const graph = new Map(
  files.map(({ file, imports }) => [
    file,
    imports
      .filter(({ target, typeOnly, dynamic }) => target !== undefined && !typeOnly && !dynamic)
      .map(({ target }) => target),
  ]),
)
const state = new Map()
function walk(file, path) {
  if (state.get(file) === 'done') return
  if (state.get(file) === 'open') {
    faults.push(`a circle: ${[...path.slice(path.indexOf(file)), file].join(' -> ')}`)
    return
  }
  state.set(file, 'open')
  for (const target of graph.get(file) ?? []) walk(target, [...path, file])
  state.set(file, 'done')
}
for (const { file } of files) walk(file, [])

// A name that a feature declares is a literal nowhere outside `features/`, and nothing outside imports into the
// folder of a feature.
faults.push(...(await judgeFeatures(files)))

const drawing = join(root, 'docs/house.svg')
const drawn = drawHouse(files)
if (process.argv.includes('--draw')) await writeFile(drawing, drawn)
else if ((await readFile(drawing, 'utf8').catch(() => '')) !== drawn) {
  faults.push('docs/house.svg is not current: run node scripts/check-floors.mjs --draw')
}
for (const fault of faults) console.error(fault)
console.log(`${files.length} files, ${faults.length} faults`)
if (faults.length > 0) process.exitCode = 1
