import t from 'tap'
import { CHART_STYLE, colourClass } from '../../src/bench/chart-style.js'

/** WCAG 2: relative luminance of #rrggbb. */
function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map(at => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!
}

function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (light! + 0.05) / (dark! + 0.05)
}

const [light, dark] = [
  CHART_STYLE.slice(0, CHART_STYLE.indexOf('@media')),
  /@media\(prefers-color-scheme:dark\)\{((?:[^{}]*\{[^{}]*\})*)\}/.exec(CHART_STYLE)![1]!,
]

t.test('names in the colour of their line are legible on light and on dark pages', async t => {
  for (const [rules, page] of [
    [light, '#ffffff'],
    [dark, '#0d1117'],
  ] as const) {
    const colours = rules.match(/#[0-9a-f]{6}/g)!
    t.ok(new Set(colours).size >= 7, 'six series and the text')
    for (const colour of colours) t.ok(contrast(colour, page) >= 4.5, `${colour} on ${page}`)
  }
})

t.test('no rule reaches beyond the chart', async t => {
  const selectors = CHART_STYLE.replace(/@media[^{]*\{/, '').match(/[^{}]+(?=\{)/g)!
  t.ok(selectors.length > 20)
  for (const selector of selectors) t.match(selector, /^\.squint-chart/)
})

t.test('series have classes of their own, six of them', async t => {
  t.same([0, 5, 6].map(colourClass), ['c0', 'c5', 'c0'])
  for (const rules of [light, dark]) t.ok(rules.includes(`.${colourClass(5)}{`))
})
