import t from 'tap'
import { measuredText, percentText, spreadText } from '../../src/bench/report.js'
import { spreadOf } from '../../src/bench/summary.js'

t.test('several runs are told with their spread, a single one without', async t => {
  t.equal(spreadText(spreadOf([3, 1, 2]), 2), '2.00 (1.00-3.00)')
  t.equal(spreadText(spreadOf([1.26]), 1), '1.3')
})

t.test('a share is per cent, and a dash where there is none', async t => {
  t.equal(percentText(0.1234), '12.3 %')
  t.equal(percentText(0.55, 0), '55 %')
  t.equal(percentText(null), '–')
})

t.test('numbers are told with the machine, the runs, and how sure energy is', async t => {
  const measured = {
    machine: 'a board',
    energy: {
      knowledge: () => ({
        method: 'modelled' as const,
        scope: 'process' as const,
        source: 'a table',
        uncertainty: 0.55,
      }),
    },
  } as const
  t.equal(measuredText(measured, 1), 'a board. One run. Energy is modelled, ±55 %.')
  t.equal(
    measuredText(measured, 3),
    'a board. Medians of 3 interleaved runs (smallest-largest). Energy is modelled, ±55 %.',
  )
})
