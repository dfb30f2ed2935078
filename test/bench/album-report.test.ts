import t from 'tap'
import { type AlbumBenchOptions, benchAlbum } from '../../src/bench/album-report.js'
import { WAYS } from '../../src/bench/album-run.js'
import type { TrueBox } from '../../src/bench/average-precision.js'
import type { Album } from '../../src/bench/material.js'
import { paperBench, recordingFixture, tableRows } from '../fixtures/recording.js'
import { xmlFault } from '../fixtures/xml.js'

/** Ten pictures of somebody; the scout is unsure of every fourth, and of the last nobody knows the truth. */
const recording = recordingFixture(10, frame => frame / 20)
const files = recording.frames.map((_, at) => `${at}.jpg`)
const album: Album = {
  kind: 'album',
  path: '/nowhere/holiday',
  files,
  read: async file => ({ format: 'encoded', data: Uint8Array.of(0, Number.parseInt(file, 10)) }),
}
const truth = new Map<string, readonly TrueBox[]>(
  recording.frames.slice(0, -1).map(({ expert }, at) => {
    return [`${at}.jpg`, expert.map(({ classId, box }) => ({ classId, box, ignore: false }))]
  }),
)

async function report(changes: Partial<AlbumBenchOptions> = {}) {
  const steps: string[] = []
  const told = await benchAlbum({
    album,
    bench: await paperBench(recording),
    runs: 2,
    truth: undefined,
    progress(total) {
      steps.push(`${total} steps`)
      return { advance: note => steps.push(note ?? ''), close: () => steps.push('closed') }
    },
    ...changes,
  })
  return { ...told, json: JSON.parse(JSON.stringify(told.json)), steps }
}

t.test('without labels it tells what each way costs', async t => {
  const { json, markdown, charts, steps } = await report()
  t.match(json, { machine: 'a paper machine', runs: 2, path: 'holiday', pictures: 10 })
  t.notOk('routing' in json)
  t.match(
    markdown,
    /^\*\*holiday\*\*: 10 pictures\. a paper machine\. Medians of 2 interleaved runs/,
  )
  const [costs, ...more] = tableRows(markdown)
  t.same(
    costs!.map(([way]) => way),
    WAYS,
  )
  for (const [at, { cpuMs, millijoules }] of json.ways.entries()) {
    t.equal(
      costs![at]![1],
      `${cpuMs.median.toFixed(2)} (${cpuMs.min.toFixed(2)}-${cpuMs.max.toFixed(2)})`,
    )
    t.match(costs![at]![2], `${millijoules.median.toFixed(1)} (`)
  }
  t.same(more, [])
  t.same(charts, {})
  t.same([steps[0], steps[1], steps.at(-1)], ['20 steps', 'run 1 of 2', 'closed'])
})

t.test('how many pictures the policy asks about is told', async t => {
  const bench = await paperBench(recording)
  // 0.35 * 0.65 where the scout is unsure, 0.7 * 0.3 elsewhere
  for (const [doubtLimit, share, text] of [
    [0.6, 0, '0.0 %'],
    [0.22, 0.3, '30.0 %'],
    [0.1, 1, '100.0 %'],
  ] as const) {
    const policy = { ...bench.policy, doubtLimit }
    const { json, markdown } = await report({ bench: { ...bench, policy } })
    t.equal(json.askedAtDefault, share)
    t.match(markdown, `At the doubtLimit of ${doubtLimit} it asks about ${text} of these pictures.`)
  }
})

t.test(
  'with labels the curve from scout to expert is told, of the pictures that have some',
  async t => {
    const { json, markdown, charts } = await report({ truth })
    t.equal(json.pictures, 9)
    const { points, expert } = json.routing
    const [, curve] = tableRows(markdown)
    t.equal(curve!.length, 11)
    for (const [at, point] of points.entries()) {
      const [asked, doubtLimit, cpuMs, share, ap50, gain] = curve![at]!
      t.equal(asked, `${10 * at} %`)
      t.equal(doubtLimit, at === 0 ? '–' : point.doubtLimit.toFixed(3))
      t.equal(cpuMs, point.cpuMs.toFixed(2))
      t.equal(share, `${((100 * point.cpuMs) / expert.cpuMs).toFixed(0)} %`)
      t.equal(
        ap50,
        `${point.ap50.toFixed(3)} (${point.band.low.toFixed(3)}-${point.band.high.toFixed(3)})`,
      )
      const signed = (value: number) => `${value < 0 ? '' : '+'}${value.toFixed(3)}`
      t.match(gain, `${signed(point.gain)} (${signed(point.gainBand.low)} to `)
    }
    t.equal(points[0].doubtLimit, null, 'infinite: JSON knows no such number')
    t.same(Object.keys(charts), ['routing'])
    t.equal(xmlFault(charts.routing!), undefined)
    t.match(charts.routing, '>scout-only</text>')
  },
)

t.test('the curve begins with the costs of the table', async t => {
  const { json } = await report({ truth, runs: 1 })
  const [scoutOnly, expertOnly, neverAsk] = json.ways
  const { scout, expert, points } = json.routing
  t.equal(scout.cpuMs, scoutOnly.cpuMs.median)
  t.equal(expert.cpuMs, expertOnly.cpuMs.median)
  t.equal(points[0].cpuMs, neverAsk.cpuMs.median)
})

t.test('labels of other pictures are refused before any work', async t => {
  const refusal = {
    code: 'CONFIG_INVALID',
    message: '--labels: expected boxes of pictures in /nowhere/holiday, found none',
  }
  const [box] = truth.get('0.jpg')!
  const open = () => Promise.reject(new Error('no picture should be opened'))
  const bench = { ...(await paperBench(recording)), open }
  for (const other of [
    new Map([['val/0.jpg', [box!]]]),
    new Map([['0.jpg', []]]),
    new Map([['0.jpg', [{ ...box!, ignore: true }]]]),
  ]) {
    await t.rejects(report({ bench, truth: other }), refusal)
  }
})
