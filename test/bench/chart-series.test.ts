import t from 'tap'
import type { Series } from '../../src/bench/chart.js'
import { drawBand, drawMarks, labelSeries } from '../../src/bench/chart-series.js'

/** Values are pixels here. */
const falling: Series = {
  name: 'cascade',
  kind: 'line',
  points: [
    { x: 10, y: 20, band: { low: 25, high: 15 } },
    { x: 30, y: 40, band: { low: 45, high: 35 } },
  ],
}
const dots: Series = { ...falling, kind: 'scatter' }
const bounds = { left: 0, top: 0, right: 400, bottom: 300 }

t.test('a line has an area as its band, there along the top and back below', async t => {
  t.equal(drawMarks(falling, 0), '<polyline class="line c0" points="10,20 30,40"/>')
  t.equal(drawBand(falling, 0), '<polygon class="band c0" points="10,15 30,35 30,45 10,25"/>')
})

t.test('points are dots with whiskers', async t => {
  t.equal(
    drawMarks(dots, 1),
    '<circle class="c1" cx="10" cy="20" r="4"/><circle class="c1" cx="30" cy="40" r="4"/>',
  )
  t.equal(drawBand(dots, 1).match(/<line class="whisker c1"/g)?.length, 2)
})

t.test('without a band there is none', async t => {
  const points = [{ x: 10, y: 20 }]
  t.equal(drawBand({ kind: 'line', points }, 0), '')
  t.equal(drawBand({ kind: 'scatter', points }, 0), '')
})

t.test('a series is named at its last point, and points as they ask', async t => {
  const [name, label] = labelSeries(
    [
      {
        name: 'cascade',
        kind: 'line',
        points: [
          { x: 10, y: 20 },
          { x: 100, y: 40 },
        ],
      },
      { name: 'peers', kind: 'scatter', points: [{ x: 200, y: 200, label: 'YOLOX & co' }] },
      { kind: 'scatter', points: [{ x: 300, y: 100 }] },
    ],
    bounds,
  )
  t.equal(name, '<text class="name c0" x="114" y="44.5" text-anchor="start">cascade</text>')
  t.match(label, /class="c1".*>YOLOX &amp; co<\/text>$/)
})

t.test(
  'labels keep off lines and whiskers, and a thin line leads to those that had to go far',
  async t => {
    const through: Series = {
      kind: 'line',
      points: [
        { x: 0, y: 130 },
        { x: 400, y: 130 },
      ],
    }
    const whisker: Series = {
      kind: 'scatter',
      points: [{ x: 200, y: 130, band: { low: 160, high: 100 }, label: 'expert' }],
    }
    const [label] = labelSeries([through, whisker], bounds)
    t.match(label, /^<line class="leader c1"/)
    const y = Number(/<text [^>]*y="([\d.]+)"/.exec(label!)![1])
    t.ok(Math.abs(y - 130) > 12, `${y} is off the line`)

    const [left] = labelSeries(
      [
        {
          kind: 'line',
          points: [
            { x: 380, y: 60 },
            { x: 380, y: 200 },
          ],
        },
        { kind: 'scatter', points: [{ x: 370, y: 130, label: 'expert' }] },
        {
          kind: 'line',
          points: [
            { x: 0, y: 130 },
            { x: 370, y: 130 },
          ],
        },
      ],
      bounds,
    )
    t.match(left, /<line class="leader c1" x1="365".*text-anchor="end"/)
  },
)
