import t from 'tap'
import { type Chart, chartSvg } from '../../src/bench/chart.js'

const chart: Chart = {
  title: 'Recall & cost',
  x: { label: 'millijoules per frame' },
  y: { label: 'recall', include: 0 },
  series: [
    {
      name: 'cascade',
      kind: 'line',
      points: [
        { x: 2, y: 0.5, band: { low: 0.4, high: 0.6 } },
        { x: 8, y: 0.9, band: { low: 0.85, high: 0.95 } },
      ],
    },
    { kind: 'scatter', points: [{ x: 10, y: 1, label: 'expert' }] },
  ],
}

/** What stands at an attribute of every element that fits. */
function numbers(svg: string, element: RegExp, attribute: string): number[] {
  return [...svg.matchAll(element)].map(([found]) =>
    Number(new RegExp(` ${attribute}="([-\\d.]+)"`).exec(found)![1]),
  )
}

t.test('a chart says what it shows, with round numbers along its axes', async t => {
  const svg = chartSvg(chart)
  t.match(svg, /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" /)
  t.match(svg, '<title>Recall &amp; cost</title>')
  const texts = [...svg.matchAll(/<text [^>]*>([^<]*)</g)].map(([, text]) => text)
  t.same(texts, [
    'Recall &amp; cost',
    'recall',
    'millijoules per frame',
    ...['0.0', '0.2', '0.4', '0.6', '0.8', '1.0'],
    ...['2', '3', '4', '5', '6', '7', '8', '9', '10'],
    'cascade',
    'expert',
  ])
})

t.test('values stand where the axes say', async t => {
  const svg = chartSvg(chart)
  const rows = numbers(svg, /<line class="(axis|grid)" [^>]*\/>/g, 'y1').slice(0, 6)
  const [circleX, circleY] = ['cx', 'cy'].map(name => numbers(svg, /<circle [^>]*\/>/g, name)[0])
  t.equal(circleY, rows[5], 'the value 1 at the tick 1')
  t.ok(rows[0]! > rows[5]!, 'and up is more')
  const columns = numbers(svg, /<line class="axis" [^>]*\/>/g, 'x1').slice(1)
  t.equal(circleX, columns.at(-1))
  const [, x1, y1] = /<polyline [^>]*points="([\d.]+),([\d.]+)/.exec(svg)!
  t.equal(Number(x1), columns[0])
  // ticks are rounded to tenths on the way
  t.ok(Math.abs(Number(y1) - (rows[2]! + rows[3]!) / 2) < 0.11, 'halfway from 0.4 to 0.6')
  const outline = /<polygon [^>]*points="([^"]*)"/.exec(svg)![1]!.split(' ')
  t.equal(outline[0], `${columns[0]},${rows[3]}`, 'its band ends at 0.6')
  t.equal(outline.at(-1), `${columns[0]},${rows[2]}`, 'and begins at 0.4')
})

t.test('bands lie below lines, and lines below names', async t => {
  const svg = chartSvg(chart)
  const order = ['class="grid"', 'class="band', 'class="line', '<circle', '>cascade<'].map(mark =>
    svg.indexOf(mark),
  )
  t.ok(order.every(at => at > 0))
  t.same(
    [...order].sort((a, b) => a - b),
    order,
  )
})

t.test('long numbers and long names get room', async t => {
  const wide = chartSvg({
    ...chart,
    y: { label: 'bytes' },
    series: [
      {
        name: 'a policy with a long name',
        kind: 'line',
        points: [
          { x: 0, y: 0 },
          { x: 1, y: 4_000_000 },
        ],
      },
    ],
  })
  const [left] = numbers(wide, /<line class="axis" [^>]*\/>/g, 'x1')
  const [right] = numbers(wide, /<line class="axis" [^>]*\/>/g, 'x2')
  t.ok(left! > 9 * 7, '4,000,000 in front of it')
  t.ok(right! < 760 - 25 * 7, 'the name behind it')
})

t.test('a series may have no name, and an axis need not reach anything', async t => {
  const points = [{ x: 1, y: 2 }]
  const svg = chartSvg({
    title: '',
    x: { label: '' },
    y: { label: '' },
    series: [{ kind: 'line', points }],
  })
  t.notMatch(svg, /class="name/)
  t.notMatch(svg, /NaN|undefined/)
})

t.test('nothing to draw, or what is no number, is refused', async t => {
  const only = (y: number) =>
    ({ ...chart, series: [{ kind: 'scatter', points: [{ x: 1, y }] }] }) as const
  t.throws(() => chartSvg({ ...chart, series: [] }), {
    name: 'RangeError',
    message: /at least one/,
  })
  t.throws(() => chartSvg(only(Number.NaN)), RangeError)
  t.throws(() => chartSvg(only(Number.POSITIVE_INFINITY)), RangeError)
})
