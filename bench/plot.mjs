// Draws the results: operations per second by system, on a logarithmic scale, one panel for each load.

const [width, labelWidth, rightMargin, barHeight, gap, headHeight] = [760, 190, 80, 16, 6, 40]
const decades = [100, 1_000, 10_000, 100_000, 1_000_000]
const scaleFrom = 100

const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
const round = (value) => Math.round(value * 10) / 10

function panel({ title, rows }, top, most) {
  const span = width - labelWidth - rightMargin
  const x = (value) =>
    round((Math.max(0, Math.log10(value / scaleFrom)) / Math.log10(most / scaleFrom)) * span)
  const bottom = top + headHeight + rows.length * (barHeight + gap)
  const lines = decades
    .filter((decade) => decade <= most)
    .map((decade) => {
      const at = labelWidth + x(decade)
      const label = decade.toLocaleString('en-US')
      return `<path class="line" d="M${at} ${top + headHeight - 6}V${bottom}"/><text class="axis" x="${at}" y="${top + headHeight - 10}">${label}</text>`
    })
  const bars = rows.map(({ label, perSecond, own }, index) => {
    const y = top + headHeight + index * (barHeight + gap)
    const length = x(perSecond)
    return [
      `<text class="name" x="${labelWidth - 8}" y="${y + 12}">${escape(label)}</text>`,
      `<rect class="${own ? 'own' : 'bar'}" x="${labelWidth}" y="${y}" width="${length}" height="${barHeight}" rx="2"/>`,
      `<text class="value" x="${labelWidth + length + 6}" y="${y + 12}">${Math.round(perSecond).toLocaleString('en-US')}</text>`,
    ].join('')
  })
  return {
    bottom,
    text: `<text class="title" x="0" y="${top + 14}">${escape(title)}</text>${lines.join('')}${bars.join('')}`,
  }
}

const style = `
  text { font: 12px system-ui, sans-serif; fill: #333 }
  .title { font-weight: 600 } .name { text-anchor: end } .axis { text-anchor: middle; font-size: 10px; fill: #777 }
  .bar { fill: #a9b4c2 } .own { fill: #2f6fde } .line { stroke: #e3e6ea; fill: none }
  @media (prefers-color-scheme: dark) { text { fill: #ddd } .axis { fill: #999 } .bar { fill: #556 } .own { fill: #6fa0ff } .line { stroke: #333 } }
`

/** Returns the picture of panels `{ title, rows: [{ label, perSecond, own }] }`. */
export function toSvg(panels) {
  const most = Math.max(
    ...panels.flatMap(({ rows }) => rows.map(({ perSecond }) => perSecond)),
    scaleFrom * 10,
  )
  let top = 0
  const drawn = panels.map((each) => {
    const { bottom, text } = panel(each, top, most)
    top = bottom + 14
    return text
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${top}" role="img" aria-label="Operations a second by system"><style>${style}</style>${drawn.join('\n')}</svg>\n`
}
