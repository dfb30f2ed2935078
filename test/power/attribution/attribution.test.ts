import t from 'tap'
import type { StageTimings } from '../../../src/cascade/detection.js'
import { createAttribution } from '../../../src/power/attribution/attribution.js'
import type { Belief } from '../../../src/power/attribution/belief.js'
import { STAGES } from '../../../src/power/attribution/draw.js'
import { beliefFixture } from '../../fixtures/belief.js'
import { type Device, simulate } from '../../fixtures/device.js'

/** Like a Raspberry Pi 4 with an INA226: read once a second, a mean over all the time since. */
const board: Device = {
  seed: 1,
  seconds: 60,
  idleWatts: 2.7,
  watts: [0.8, 0.7, 1.1, 1.4, 0.9],
  meter: { hertz: 1, noise: 0.02, step: 0.005, overMs: Number.POSITIVE_INFINITY },
}
const meter = { name: 'ina226', scope: 'board', accuracy: 0.01, source: 'hwmon4' } as const

/** What is believed of the board: its true draws, each times so much. */
const believed = (factors: readonly number[], errors: { own: number; scale: number }) =>
  beliefFixture(
    board.watts.map((watts, i) => watts * factors[i]!),
    errors,
  )

/** As a calibration leaves it: each source off by some per cent, and all of them by what the clock has changed since. */
const calibrated = (drift: number) =>
  believed(
    [1.03, 0.97, 0.97, 1.03, 1.1].map(own => own * drift),
    { own: 0.05, scale: 0.1 },
  )
const CALIBRATED = calibrated(1)
const table = (factor: number) =>
  believed(
    [1, 1.1, 1.2, 0.9, 1].map(own => own * factor),
    { own: 0.25, scale: 0.5 },
  )

/** Lets attribution watch a device. */
function watch(device: Device, belief: Belief) {
  const trace = simulate(device)
  let now = 0
  const attribution = createAttribution({ belief, meter, now: () => now })
  const told = { joules: STAGES.map(() => 0), lateJoules: STAGES.map(() => 0) }
  const truth = { lateJoules: STAGES.map(() => 0) }
  const charges: { at: number; joules: number }[] = []
  for (const { at, look, reading, seconds, busySeconds } of trace.happenings) {
    now = at
    if (reading !== undefined) attribution.observe(reading, seconds!, busySeconds!)
    if (look === undefined) continue
    const energy = attribution.attribute(look)
    charges.push({ at, joules: energy.total / 1000 })
    for (const [i, stage] of STAGES.entries()) {
      told.joules[i]! += energy[stage] / 1000
      if (at <= 60_000) continue
      told.lateJoules[i]! += energy[stage] / 1000
      truth.lateJoules[i]! += (look[stage] * device.watts[i]!) / 1000
    }
  }
  return { attribution, told, truth, trace, charges }
}

t.test(
  'a calibrated board that draws otherwise by now: each stage over a minute, within 10 %',
  async t => {
    // without the meter some would be off by 13 %
    for (const drift of [0.9, 1, 1.1]) {
      for (let seed = 1; seed <= 8; seed++) {
        const { told, trace } = watch({ ...board, seed }, calibrated(drift))
        for (const [i, stage] of STAGES.entries()) {
          const error = told.joules[i]! / trace.joules[i]! - 1
          t.ok(Math.abs(error) < 0.1, `${drift}, ${seed}, ${stage}: ${(100 * error).toFixed(1)} %`)
        }
      }
    }
  },
)

t.test(
  'a board known from a table only: its networks within 10 % in the second minute',
  async t => {
    for (const factor of [0.65, 1.4]) {
      for (let seed = 1; seed <= 4; seed++) {
        const quiet = { ...board.meter, noise: 0.01 }
        const { told, truth } = watch({ ...board, seed, seconds: 120, meter: quiet }, table(factor))
        for (const i of [2, 3]) {
          const error = told.lateJoules[i]! / truth.lateJoules[i]! - 1
          t.ok(
            Math.abs(error) < 0.1,
            `${factor}, ${seed}, ${STAGES[i]}: ${(100 * error).toFixed(1)} %`,
          )
        }
      }
    }
  },
)

t.test("stages, idle and the rest add up to the meter's integral within 2 %", async t => {
  for (let seed = 1; seed <= 8; seed++) {
    const { attribution, trace, charges } = watch({ ...board, seed, seconds: 66 }, CALIBRATED)
    const balance = attribution.balance()!
    t.ok(balance.seconds >= 60 && balance.seconds < 63)
    const { meterJoules, idleJoules, stageJoules, otherJoules, unexplainedJoules } = balance
    t.ok(Math.abs(unexplainedJoules) < 0.02 * meterJoules, `${unexplainedJoules} of ${meterJoules}`)

    const ends = trace.happenings.flatMap(({ reading }) => (reading ? [reading.at] : []))
    const to = ends.filter(at => at <= ends.at(-1)! - 2000).at(-1)!
    const from = to - 1000 * balance.seconds
    const drawn = trace.drawn(from, to)
    const told = idleJoules + stageJoules + otherJoules
    t.ok(Math.abs(told / drawn - 1) < 0.02, `${told} of ${drawn} that the board has really drawn`)
    t.ok(Math.abs(meterJoules / drawn - 1) < 0.02)

    const charged = charges
      .filter(({ at }) => at > from && at <= to)
      .reduce((sum, { joules }) => sum + joules, 0)
    // a look across the border belongs to both sides in part
    t.ok(
      Math.abs(stageJoules - charged) < 0.3,
      `${stageJoules} of what frames were charged, ${charged}`,
    )
  }
})

const MIX: StageTimings = { decode: 7, gate: 1, scout: 12, expert: 18 }
const mixWatts = STAGES.reduce((sum, stage, i) => sum + MIX[stage] * board.watts[i]!, 0)

/** Of many devices: the mean uncertainty that is told, and how often the truth lies within twice of it. */
function honesty(changes: Partial<Device['meter']>, wander = 0) {
  let told = 0
  let within = 0
  const count = 60
  for (let seed = 100; seed < 100 + count; seed++) {
    const device = { ...board, seed, wander, meter: { ...board.meter, ...changes } }
    const { attribution } = watch(device, table(1 + 0.5 * Math.sin(seed * 7.1)))
    const { total, uncertainty } = attribution.attribute(MIX)
    told += uncertainty / count
    if (Math.abs(total - mixWatts) <= 2 * uncertainty * total) within += 1 / count
  }
  return { told, within }
}

t.test('the uncertainty grows with the noise, and the truth lies within it', async t => {
  const quiet = honesty({ noise: 0.02 })
  const noisy = honesty({ noise: 0.1 })
  const deaf = honesty({ noise: 0.5 })
  t.ok(noisy.told > 1.8 * quiet.told, `${quiet.told} ${noisy.told}`)
  t.ok(deaf.told > 1.8 * noisy.told, `${noisy.told} ${deaf.told}`)
  for (const { within } of [quiet, noisy, deaf]) t.ok(within >= 0.85, `${within} within twice`)
})

t.test(
  'a meter that sees moments only, and an idle draw that wanders, are owned up to',
  async t => {
    const moments = honesty({ overMs: 0 })
    t.ok(moments.told > 0.15 && moments.within >= 0.85, JSON.stringify(moments))
    const wandering = honesty({}, 0.1)
    t.ok(wandering.told > 0.06 && wandering.within >= 0.85, JSON.stringify(wandering))
  },
)

t.test('it says how joules are known: measured, and believed in a silence', async t => {
  const { attribution } = watch(board, table(1))
  t.match(attribution.knowledge(), { method: 'measured', scope: 'board', source: 'ina226: hwmon4' })
  t.match(attribution.attribute(MIX), { method: 'measured', scope: 'board' })
  t.match(attribution.idle(), { method: 'measured', scope: 'board' })
  t.ok(Math.abs(attribution.idle()!.watts - 2.7) < 0.05)
  const more = { ...MIX, expert: 60 }
  t.match(attribution.compare(MIX, more), { distinguishable: true })

  attribution.silence()
  t.match(attribution.knowledge(), { method: 'modelled', scope: 'process' })
  t.match(attribution.attribute(MIX), { method: 'modelled' })
  t.equal(attribution.idle(), null)
  t.equal(attribution.balance(), null)
  t.equal(attribution.board, 'a board')
})

/** A board that is told of by hand, one reading per second. */
function handBoard() {
  let now = 0
  const belief = beliefFixture([2, 2, 2, 2, 2])
  const attribution = createAttribution({ belief, meter, now: () => now })
  return {
    attribution,
    /** A second in which such work is done at so many watts. @param gapSeconds without readings before it */
    second(work: Partial<StageTimings>, watts: number, gapSeconds = 0) {
      now += 1000 * (1 + gapSeconds)
      const timings = { decode: 0, gate: 0, scout: 0, expert: 0, ...work }
      attribution.attribute(timings)
      const first = now === 1000 || gapSeconds > 0
      attribution.observe({ watts, rails: [], at: now }, first ? 0 : 1, 0)
    },
  }
}
const EXPERT = { decode: 0, gate: 0, scout: 0, expert: 20 }
const SCOUT = { decode: 0, gate: 0, scout: 20, expert: 0 }

t.test('work that no meter has seen is not called measured', async t => {
  const { attribution, second } = handBoard()
  for (let i = 0; i < 20; i++) second({}, 3)
  t.match(attribution.idle(), { method: 'measured' }, 'idle has been seen')
  t.match(attribution.attribute(EXPERT), { total: 40, method: 'modelled', scope: 'process' })
  const { method, uncertainty } = attribution.knowledge()
  t.equal(method, 'modelled')
  t.ok(uncertainty > 0.3, 'nor is it known any better')

  for (let i = 0; i < 30; i++) second({ expert: 100 * (i % 5) }, 3 + 0.1 * (i % 5))
  const expert = attribution.attribute(EXPERT)
  t.match(expert, { method: 'measured', scope: 'board' })
  t.ok(Math.abs(expert.total - 20) < 1)
  t.match(attribution.knowledge(), { method: 'measured' })
})

t.test('a reading after a gap stands for no time, and what was learnt serves again', async t => {
  const { attribution, second } = handBoard()
  for (let i = 0; i < 10; i++) second({}, 3)
  t.match(attribution.balance(), { seconds: 7 }, 'the last two seconds wait for looks to end')
  for (let i = 0; i < 30; i++) second({ expert: 100 * (i % 5) }, 3 + 0.1 * (i % 5))
  t.match(attribution.attribute(EXPERT), { method: 'measured' })
  attribution.silence()
  t.match(attribution.attribute(EXPERT), { total: 40, method: 'modelled' })
  second({}, 3, 50)
  t.match(attribution.attribute(EXPERT), { method: 'measured' })
  t.equal(attribution.balance(), null)
  for (let i = 0; i < 6; i++) second({}, 3)
  t.match(attribution.balance(), { seconds: 4 })
})

t.test('what was learnt fades in a long silence', async t => {
  const { attribution, second } = handBoard()
  for (let i = 0; i < 40; i++) second({ expert: 100 * (i % 5) }, 3 + 0.1 * (i % 5))
  t.match(attribution.attribute(EXPERT), { method: 'measured' })
  attribution.silence()
  second({}, 9, 5 * 3600)
  t.match(attribution.attribute(EXPERT), { method: 'modelled' })
})

t.test('what one stage has shown tells little of another', async t => {
  const { attribution, second } = handBoard()
  for (let i = 0; i < 60; i++) second({ expert: 100 * (i % 5) }, 3 + 0.1 * (i % 5))
  const known = attribution.attribute(EXPERT).uncertainty
  t.ok(attribution.attribute(SCOUT).uncertainty > 3 * known)
})

t.test('a meter that is silent at first serves once it answers', async t => {
  const { attribution, second } = handBoard()
  attribution.silence()
  for (let i = 0; i < 40; i++) second({ expert: 100 * (i % 5) }, 3 + 0.1 * (i % 5))
  t.match(attribution.attribute(EXPERT), { method: 'measured', scope: 'board' })
  t.match(attribution.idle(), { method: 'measured' })
})
