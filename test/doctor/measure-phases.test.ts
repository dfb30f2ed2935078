import t from 'tap'
import type { StageTimings } from '../../src/cascade/detection.js'
import { type MeteredStretch, measurePhases } from '../../src/doctor/measure-phases.js'
import { monotonicMs } from '../../src/lib/clock.js'
import { PHASES, type Phase } from '../../src/power/attribution/calibration.js'

const NOTHING: StageTimings = { decode: 0, gate: 0, scout: 0, expert: 0 }
const wait = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

/** Work that takes 10 ms, of which the stage that is measured has 8. */
const works = Object.fromEntries(
  PHASES.map(phase => [
    phase,
    async () => {
      await wait(10)
      return phase in NOTHING ? { ...NOTHING, [phase]: 8 } : NOTHING
    },
  ]),
) as Record<Phase, () => Promise<StageTimings>>

const halves = (from: number, to: number): MeteredStretch[] => [
  { from, to: (from + to) / 2, watts: 3, busySeconds: 0 },
  { from: (from + to) / 2, to, watts: 4, busySeconds: 0 },
]

t.test('each phase gives its readings with what was busy, after it has settled', async t => {
  const begun = monotonicMs()
  const asked: number[] = []
  const { windows, dropped } = await measurePhases({
    works,
    threads: [1, 1, 1, 1],
    seconds: 0.1,
    settleMs: 40,
    rounds: 2,
    stretchesWithin(from, to) {
      asked.push(from - begun)
      return halves(from, to)
    },
    throttled: async () => false,
    onPhase() {},
  })
  t.same(dropped, [])
  t.equal(windows.length, 2 * 2 * PHASES.length)
  t.ok(asked[0]! >= 40, 'the beginning of a phase is not asked for')
  for (const { phase, busy, seconds } of windows) {
    t.ok(Math.abs(seconds - 0.05) < 1e-6)
    for (const [stage, name] of ['decode', 'gate', 'scout', 'expert'].entries())
      t.ok(name === phase ? busy[stage]! > 0.4 && busy[stage]! < 0.95 : busy[stage] === 0)
  }
})

t.test('a phase in which the board was slowed down, or the meter silent, is left out', async t => {
  const phases: string[] = []
  const { windows, dropped } = await measurePhases({
    works,
    threads: [1, 1, 1, 1],
    seconds: 0.02,
    settleMs: 0,
    rounds: 1,
    stretchesWithin: (from, to) => (phases.at(-1) === 'gate' ? [] : halves(from, to)),
    throttled: async () => phases.at(-1) === 'expert',
    onPhase: phase => phases.push(phase),
  })
  t.same(dropped, [
    { phase: 'gate', round: 0 },
    { phase: 'expert', round: 0 },
  ])
  t.equal(windows.length, 2 * 4)
})
