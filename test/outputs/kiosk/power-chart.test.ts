import t from 'tap'
import { type Bar, layOut } from '../../../src/outputs/kiosk/power-chart.js'
import type { Moment } from '../../../src/outputs/kiosk/power-history.js'

const NONE = { decode: 0, gate: 0, scout: 0, expert: 0, audit: 0 }

const moment = (second: number, parts: Partial<Moment> = {}): Moment => ({
  atMs: 1_000_000 + second * 1000,
  work: NONE,
  meter: null,
  latencyMs: null,
  ...parts,
})

/** One pixel for half a second; the upper lane is 66 pixels high, the lower one 28. */
const draw = (moments: readonly Moment[], idleWatts: number | null = null) =>
  layOut({ moments, everyMs: 1000, idleWatts, width: 240, height: 100 })

const fills = (bars: readonly Bar[]) => bars.map(({ fill }) => fill)

t.test('stages are stacked up to the peak', async t => {
  const work = { ...NONE, decode: 0.1, gate: 0.1, expert: 0.4 }
  const { bars, peakWatts } = draw([
    moment(0, { work: { ...NONE, scout: 0.3 } }),
    moment(1, { work }),
  ])
  t.equal(peakWatts?.toFixed(3), '0.600')
  t.same(bars, [
    { fill: 'scout', x: 236, y: 33, width: 2, height: 33 },
    { fill: 'decode', x: 238, y: 55, width: 2, height: 11 },
    { fill: 'gate', x: 238, y: 44, width: 2, height: 11 },
    { fill: 'expert', x: 238, y: 0, width: 2, height: 44 },
  ])
})

t.test('latency has the lower lane and a scale of its own', async t => {
  const { bars, peakMs, peakWatts, floors } = draw([
    moment(0, { latencyMs: { p50: 50, max: 100 } }),
    moment(1, { latencyMs: { p50: 25, max: 50 } }),
  ])
  t.equal(peakMs, 100)
  t.equal(peakWatts, 0)
  t.same(floors, [66, 100])
  t.same(bars, [
    { fill: 'p50', x: 236, y: 86, width: 2, height: 14 },
    { fill: 'max', x: 236, y: 72, width: 2, height: 14 },
    { fill: 'p50', x: 238, y: 93, width: 2, height: 7 },
    { fill: 'max', x: 238, y: 86, width: 2, height: 7 },
  ])
})

t.test('two minutes fill the width; time of which nothing is known stays empty', async t => {
  const work = { ...NONE, gate: 1 }
  const all = draw(Array.from({ length: 120 }, (_, i) => moment(i, { work }))).bars
  t.equal(all.length, 120)
  t.same([all[0]?.x, all.at(-1)?.x], [0, 238])
  const broken = draw([moment(0, { work }), moment(5, { work })]).bars
  t.same(
    broken.map(({ x, width }) => [x, width]),
    [
      [228, 2],
      [238, 2],
    ],
  )
})

t.test('seconds that are not quite one apart still touch', async t => {
  const work = { ...NONE, gate: 1 }
  const late = Array.from({ length: 110 }, (_, i) => ({ ...moment(0, { work }), atMs: i * 1070 }))
  const { bars } = draw(late)
  for (const [i, { x, width }] of bars.entries()) t.equal(bars[i + 1]?.x ?? 240, x + width)
})

t.test('the meter is drawn above idle, on the same scale as the work', async t => {
  const chart = draw(
    [moment(0, { work: { ...NONE, gate: 0.5 }, meter: 3 }), moment(1, { meter: 2.2 })],
    2.5,
  )
  t.equal(chart.base, 2.5)
  t.equal(chart.peakWatts, 0.5)
  t.same(chart.meter, [
    [
      { x: 236, y: 0 },
      { x: 238, y: 0 },
      { x: 238, y: 66 },
      { x: 240, y: 66 },
    ],
  ])
})

t.test('while idle is not known the least that the meter saw stands for it', async t => {
  const { base, peakWatts } = draw([moment(0, { meter: 2.5 }), moment(1, { meter: 4 })])
  t.equal(base, 2.5)
  t.equal(peakWatts, 1.5)
})

t.test('where the meter was silent its line is broken', async t => {
  const silent = draw(
    [0, 1, 2, 3].map(i => moment(i, { meter: i === 1 ? null : 3 })),
    2,
  )
  t.same(
    silent.meter.map(line => [line[0]?.x, line.at(-1)?.x]),
    [
      [232, 234],
      [236, 240],
    ],
  )
  const away = draw([moment(0, { meter: 3 }), moment(9, { meter: 3 })], 2)
  t.equal(away.meter.length, 2)
})

t.test('without a meter there is no base, and without history no peak', async t => {
  t.match(draw([moment(0)], 2.5), { base: null, meter: [], peakWatts: 0, peakMs: null })
  const still = draw([moment(0, { latencyMs: { p50: 0, max: 0 } })])
  for (const { height } of still.bars) t.equal(height, 0)
  const empty = draw([])
  t.match(empty, { peakWatts: null, peakMs: null, base: null })
  t.same(fills(empty.bars), [])
})
