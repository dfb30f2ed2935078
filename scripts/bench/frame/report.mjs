/** What a frame costs, as a table and as a picture. */
import { CHART_STYLE, colourClass } from '../../../build/src/bench/chart-style.js'
import { escapeXml, pixel, text } from '../../../build/src/bench/svg.js'

const total = parts => Object.values(parts).reduce((sum, part) => sum + part, 0)
const titleOf = ({ kind, scene }) => `${kind}, ${scene}`

/** One row for each stage: milliseconds of processor time and kilobytes of new memory per frame. */
export function tableOf(results, stages) {
  const row = cells => `| ${cells.join(' | ')} |\n`
  const cell = value =>
    value === undefined || value < 0.0005 ? '' : value.toFixed(value < 10 ? 3 : 1)
  return [
    row(['ms (kB of new memory) per frame', ...results.map(titleOf)]),
    row(['---', ...results.map(() => '---:')]),
    ...stages.map(stage =>
      row([
        stage,
        ...results.map(({ milliseconds, kilobytes }) => {
          const kB = kilobytes[stage] ?? 0
          return `${cell(milliseconds[stage])}${kB >= 0.05 ? ` (${kB.toFixed(1)})` : ''}`
        }),
      ]),
    ),
    row([
      '**sampled**',
      ...results.map(({ milliseconds }) => `**${total(milliseconds).toFixed(2)}**`),
    ]),
    row(['the process, while nobody samples', ...results.map(one => one.process.toFixed(2))]),
    row(['its camera tools', ...results.map(({ children }) => children.toFixed(2))]),
  ].join('')
}

const WIDTH = 860
const LEFT = 130
const BAR = 26
const GAP = 14
const TOP = 54

/** A bar for each kind of camera and scene, cut into stages; the networks' time, which would dwarf them, stands beside it. */
export function drawingOf(results, stages) {
  const shown = stages.filter(stage => stage !== 'networks')
  const sums = results.map(({ milliseconds }) =>
    shown.reduce((sum, stage) => sum + (milliseconds[stage] ?? 0), 0),
  )
  const most = Math.max(...sums)
  const scale = (WIDTH - LEFT - 150) / most
  const bars = results.flatMap((result, i) => {
    const y = TOP + i * (BAR + GAP)
    let x = LEFT
    const parts = shown.flatMap((stage, s) => {
      const wide = (result.milliseconds[stage] ?? 0) * scale
      if (wide < 0.3) return []
      const look = `${colourClass(s)}${s >= 6 ? ' late' : ''}`
      const title = `<title>${escapeXml(`${stage}: ${result.milliseconds[stage].toFixed(3)} ms`)}</title>`
      const part = `<rect class="${look}" x="${pixel(x)}" y="${y}" width="${pixel(wide)}" height="${BAR}">${title}</rect>`
      x += wide
      return [part]
    })
    const networks = (result.milliseconds.networks ?? 0).toFixed(1)
    const label = `${sums[i].toFixed(2)} ms + networks ${networks} ms`
    return [
      text('name', LEFT - 10, y + 18, 'end', titleOf(result)),
      ...parts,
      text('quiet', x + 8, y + 18, 'start', label),
    ]
  })
  const below = TOP + results.length * (BAR + GAP) + 10
  const legend = shown.flatMap((stage, s) => {
    const [column, row] = [s % 4, Math.floor(s / 4)]
    const [x, y] = [LEFT + column * 180, below + row * 22]
    const look = `${colourClass(s)}${s >= 6 ? ' late' : ''}`
    return [
      `<rect class="${look}" x="${x}" y="${y}" width="12" height="12"/>`,
      text('quiet', x + 18, y + 11, 'start', stage),
    ]
  })
  const height = below + Math.ceil(shown.length / 4) * 22 + 10
  return [
    `<svg class="squint-chart" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img">`,
    `<style>${CHART_STYLE}.squint-chart .late{opacity:.55}.squint-chart rect{stroke:none}</style>`,
    text('title', 16, 28, 'start', 'Processor time of one frame beside its networks, by stage'),
    ...bars,
    ...legend,
    '</svg>\n',
  ].join('\n')
}
