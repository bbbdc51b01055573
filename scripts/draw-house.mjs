// Draws the floors as a house, from the imports. The drawing changes only when rooms, files or imports
// change.
import { floors } from './floors.mjs'
import { roomOf } from './imports.mjs'

const width = 1000
const floorHeight = 108
const roomHeight = 60
const gap = 16
const margin = 60

function roomsOf(files) {
  const rooms = new Map()
  for (const { file } of files) rooms.set(roomOf(file), (rooms.get(roomOf(file)) ?? 0) + 1)
  return rooms
}

function edgesOf(files) {
  const edges = new Set()
  for (const { file, imports } of files) {
    for (const { target } of imports) {
      if (target === undefined || roomOf(target) === roomOf(file)) continue
      edges.add(`${roomOf(file)} ${roomOf(target)}`)
    }
  }
  return [...edges].sort().map((edge) => edge.split(' '))
}

function placeRooms(rooms) {
  const lived = floors.map(({ name, rooms: all }) => ({ name, rooms: all.filter((room) => rooms.has(room)) }))
  const used = lived.filter((floor) => floor.rooms.length > 0)
  const places = new Map()
  used.forEach((floor, level) => {
    const wide = (width - 2 * margin - gap * (floor.rooms.length - 1)) / floor.rooms.length
    const roomWidth = Math.min(wide, 260)
    const total = roomWidth * floor.rooms.length + gap * (floor.rooms.length - 1)
    floor.rooms.forEach((room, index) => {
      const x = (width - total) / 2 + index * (roomWidth + gap)
      const y = 120 + (used.length - 1 - level) * floorHeight
      places.set(room, { x, y, width: roomWidth, files: rooms.get(room) })
    })
  })
  return { places, levels: used.length }
}

const round = (value) => Math.round(value * 10) / 10

function drawRoom([name, { x, y, width: wide, files }]) {
  const middle = round(x + wide / 2)
  return `<g><rect class="room" x="${round(x)}" y="${y}" width="${round(wide)}" height="${roomHeight}" rx="6"/>
<text class="name" x="${middle}" y="${y + 27}">${name}</text>
<text class="note" x="${middle}" y="${y + 46}">${files} ${files === 1 ? 'file' : 'files'}</text></g>`
}

function drawEdge(places, [from, to]) {
  const [a, b] = [places.get(from), places.get(to)]
  if (a.y === b.y) return ''
  const [x1, y1, x2, y2] = [a.x + a.width / 2, a.y + roomHeight, b.x + b.width / 2, b.y]
  const bend = Math.max(24, (y2 - y1) / 2)
  return `<path class="edge" d="M${round(x1)} ${y1}C${round(x1)} ${round(y1 + bend)} ${round(x2)} ${round(y2 - bend)} ${round(x2)} ${y2}"/>`
}

/** Returns the drawing as SVG. */
export function drawHouse(files) {
  const { places, levels } = placeRooms(roomsOf(files))
  const height = 120 + levels * floorHeight
  const ground = height - floorHeight + roomHeight + 24
  const edges = edgesOf(files).map((edge) => drawEdge(places, edge))
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${ground + 30}" role="img" aria-label="The rooms of the house by floor, and what they import">
<style>
svg{color:#1d2733;background:#fff}
.wall,.room{fill:none;stroke:currentColor}.wall{stroke-width:2;opacity:.5}.room{fill:#eef3fb}
.name{font:600 15px system-ui,sans-serif;fill:currentColor;text-anchor:middle}
.note{font:12px system-ui,sans-serif;fill:currentColor;opacity:.7;text-anchor:middle}
.edge{fill:none;stroke:#1f5fd0;opacity:.35;stroke-width:1.2}
@media(prefers-color-scheme:dark){svg{color:#dfe7f1;background:#12171e}.room{fill:#1d2733}.edge{stroke:#7fb0ff}}
</style>
<path class="wall" d="M20 96L${width / 2} 20L${width - 20} 96V${ground}H20Z"/>
${edges.filter((edge) => edge !== '').join('\n')}
${[...places].map(drawRoom).join('\n')}
</svg>
`
}
