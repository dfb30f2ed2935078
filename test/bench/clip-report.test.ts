import t from 'tap'
import { benchClip, type ClipBenchOptions } from '../../src/bench/clip-report.js'
import type { Report } from '../../src/bench/report.js'
import { clipOf, paperBench, recordingFixture, tableRows } from '../fixtures/recording.js'
import { xmlFault } from '../fixtures/xml.js'

const recording = recordingFixture(60)

/** The report, and what its progress told. */
async function report(changes: Partial<ClipBenchOptions> = {}, played = recording) {
  const steps: string[] = []
  const told: Report = await benchClip({
    clip: clipOf(played),
    bench: await paperBench(played),
    names: ['motion+expert', 'cascade', 'cascade+budget'],
    runs: 2,
    loops: 1,
    budget: undefined,
    progress(total) {
      steps.push(`${total} steps`)
      return { advance: note => steps.push(note ?? ''), close: () => steps.push('closed') }
    },
    ...changes,
  })
  return { ...told, json: JSON.parse(JSON.stringify(told.json)), steps }
}

t.test('the tables tell what the JSON holds', async t => {
  const { json, markdown } = await report()
  t.match(json, {
    machine: 'a paper machine',
    runs: 2,
    path: 'porch.mp4',
    fps: 10,
    frames: 60,
    events: 1,
  })
  t.match(
    markdown,
    /^\*\*porch\.mp4\*\*: 60 frames at 10 per second, events: 1\. a paper machine\. /,
  )
  const [costs, seen] = tableRows(markdown)
  t.equal(json.rows.length, 4)
  for (const [at, row] of json.rows.entries()) {
    const [name, cpu, ofExpert, ofMotion, mj, latency] = costs![at]!
    t.equal(name, row.name)
    const spread = (value: { median: number; min: number; max: number }, decimals: number) =>
      `${value.median.toFixed(decimals)} (${value.min.toFixed(decimals)}-${value.max.toFixed(decimals)})`
    t.equal(cpu, spread(row.cpuMs, 2))
    t.equal(mj, spread(row.millijoules, 2))
    t.equal(ofExpert, row.againstExpert === null ? '' : spread(row.againstExpert.ratio, 3))
    t.equal(ofMotion, row.againstMotion === null ? '' : spread(row.againstMotion.ratio, 3))
    const { p50, p95, p99 } = row.latencyMs
    t.equal(latency, [p50, p95, p99].map(({ median }) => median.toFixed(1)).join(' / '))
    const percent = (share: number) => `${(100 * share).toFixed(1)} %`
    t.same(seen![at], [
      row.name,
      ['gate', 'scout', 'expert'].map(stage => percent(row.exits[stage] / 60)).join(' / '),
      percent(row.eventRecall),
      percent(row.coverage),
      percent(row.boxRecall),
      percent(row.falseShare.median),
      `${row.delayMs.median.toFixed(0)} / ${row.delayMs.p95.toFixed(0)}`,
    ])
  }
})

t.test('nobody is compared with himself', async t => {
  const { json } = await report({ names: ['motion+expert'] })
  const [expert, motion] = json.rows
  t.equal(expert.againstExpert, null)
  t.equal(motion.againstMotion, null)
  t.ok(motion.againstExpert.ratio.median > 0 && expert.againstMotion.ratio.median > 0)
  const [alone] = (await report({ names: [] })).json.rows
  t.same([alone.againstExpert, alone.againstMotion], [null, null])
})

t.test('half of what the cascade takes is the budget, unless another is given', async t => {
  const { json, markdown } = await report()
  const [cascade, budgeted] = json.rows.slice(-2)
  t.equal(budgeted.budget.target, cascade.millijoules.median / 2)
  t.match(
    markdown,
    `Budget: ${budgeted.budget.target.toFixed(2)} mJ per frame asked for; in the second half of the run ${budgeted.budget.secondHalf.median.toFixed(2)}`,
  )
  t.notOk('budget' in cascade)
  t.equal((await report({ budget: 7 })).json.rows.at(-1).budget.target, 7)
  t.notMatch((await report({ names: ['cascade'] })).markdown, 'Budget')
})

t.test('loops make a clip longer, and every frame is a step', async t => {
  const { json, steps } = await report({ names: [], loops: 2, runs: 3 })
  t.equal(json.frames, 120)
  t.equal(steps[0], '360 steps')
  t.equal(steps[1], 'run 1 of 3')
  t.equal(steps.at(-2), 'run 3 of 3')
  t.equal(steps.at(-1), 'closed')
  t.equal(steps.length, 362)
})

t.test('the chart is an SVG that names everybody', async t => {
  const { charts } = await report()
  t.same(Object.keys(charts), ['cost'])
  t.equal(xmlFault(charts.cost!), undefined)
  for (const name of ['expert-only', 'motion+expert', 'cascade', 'cascade+budget']) {
    t.match(charts.cost, `>${name}</text>`)
  }
})

t.test('an event that was never reported has no delay', async t => {
  // the scout alone never sees anybody
  const blind = { ...recording, frames: recording.frames.map(frame => ({ ...frame, scout: [] })) }
  const { markdown, json } = await report({ names: ['scout-only'] }, blind)
  t.match(json.rows[1], { eventRecall: 0, falseShare: { median: 0 }, delayMs: { median: null } })
  t.equal(tableRows(markdown)[1]![1]!.at(-1), 'never / never')
})

t.test('where the expert sees nothing there is nothing to miss, and no chart', async t => {
  const empty = recordingFixture(20, () => undefined)
  const { json, markdown, charts } = await report({}, empty)
  t.match(json, { events: 0, rows: [{ eventRecall: null, coverage: null, boxRecall: null }] })
  const [, seen] = tableRows(markdown)
  t.same(seen![0]!.slice(2), ['–', '–', '–', '0.0 %', '– / –'])
  t.same(charts, {})
})
