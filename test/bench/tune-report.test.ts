import t from 'tap'
import { parse } from 'yaml'
import type { Outcome, Trial, Tuned } from '../../src/bench/tune.js'
import { tuneReport } from '../../src/bench/tune-report.js'
import { type Policy, policySchema } from '../../src/cascade/policy.js'
import { paperBench, recordingFixture, tableRows } from '../fixtures/recording.js'
import { xmlFault } from '../fixtures/xml.js'

const recording = recordingFixture(3)
const bench = await paperBench(recording)

function trial(changes: Partial<Policy>, searched: Outcome): Trial {
  const heldOut = { millijoules: searched.millijoules + 1, agreement: searched.agreement - 0.1 }
  return { policy: { ...policySchema.parse({}), ...changes }, searched, heldOut }
}

const start = trial({}, { millijoules: 20, agreement: 0.91 })
const cheap = trial({ followMs: 1500 }, { millijoules: 8, agreement: 0.7 })
const chosen = trial({ followMs: 750, doubt: 0.75 }, { millijoules: 11.5, agreement: 0.905 })
const dear = trial({ readMs: 0 }, { millijoules: 30, agreement: 0.95 })
const tuned: Tuned = { start, best: chosen, trials: [start, cheap, chosen, dear] }

const report = (agreement = 0.9, found = tuned) =>
  tuneReport(found, recording, '/nowhere/porch.mp4', agreement, bench)

t.test(
  'the table tells start and front, with what is different, searched and held out',
  async t => {
    const { markdown, json } = report()
    t.same(tableRows(markdown), [
      [
        ['start', '20.00', '91.0 %', '21.00', '81.0 %'],
        ['followMs 1500', '8.00', '70.0 %', '9.00', '60.0 %'],
        ['**chosen**, followMs 750, doubt 0.75', '11.50', '90.5 %', '12.50', '80.5 %'],
        ['readMs 0', '30.00', '95.0 %', '31.00', '85.0 %'],
      ],
    ])
    t.match(
      markdown,
      /^\*\*porch\.mp4\*\*: 3 frames at 10 per second, 4 policies tried\. a paper machine\./,
    )
    t.match(json, {
      agreement: 0.9,
      reached: true,
      best: chosen,
      start,
      front: [cheap, chosen, start, dear],
    })
  },
)

t.test('what came of it is told in a sentence', async t => {
  const asked = (agreement: number, best: Trial) =>
    /Asked for .*/.exec(report(agreement, { ...tuned, best }).markdown)?.[0]
  t.equal(
    asked(0.9, chosen),
    'Asked for 90.0 % agreement: 42.5 % less energy than the policy it began with, which reaches 91.0 %.',
  )
  t.equal(
    asked(0.95, dear),
    'Asked for 95.0 % agreement: 50.0 % more energy than the policy it began with, which reaches 91.0 %.',
  )
  t.equal(
    asked(0.9, start),
    'Asked for 90.0 % agreement: nothing did better than the policy it began with.',
  )
  t.equal(
    asked(0.99, dear),
    'Asked for 99.0 % agreement, which no policy reached: the chosen one comes nearest.',
  )
  t.match(report(0.99, { ...tuned, best: dear }).json, { reached: false })
})

t.test('the policy is YAML that says where it comes from, and stands in the report', async t => {
  const { yaml, markdown } = report()
  t.same(policySchema.parse(parse(yaml)), chosen.policy)
  t.match(yaml, /^# Tuned on porch\.mp4 \(3 frames\) for at least 90\.0 % agreement/)
  t.match(yaml, '11.50 mJ per frame (modelled), 90.5 %; held out: 12.50 mJ, 80.5 %')
  t.ok(markdown.endsWith(`\`\`\`yaml\n${yaml}\`\`\`\n`))
})

t.test('the chart is an SVG that names start and choice', async t => {
  const { tune } = report().charts
  t.equal(xmlFault(tune), undefined)
  for (const name of ['start', 'chosen', 'best policies']) t.match(tune, `>${name}</text>`)
})
