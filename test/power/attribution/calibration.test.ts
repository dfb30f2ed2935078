import t from 'tap'
import { createRandom } from '../../../src/lib/random.js'
import {
  calibrate,
  isDistinguishable,
  isUsable,
  PHASES,
  type PhaseWindow,
} from '../../../src/power/attribution/calibration.js'
import { beliefFixture } from '../../fixtures/belief.js'

const TRUTH = [0.8, 0.7, 1.1, 1.4, 0.9]
const IDLE = 2.7
/** Busy seconds per second of each source: a phase keeps mostly one busy, and always a little of the others. */
const BUSY = {
  idle: [0, 0, 0, 0, 0.01],
  decode: [0.85, 0.002, 0.1, 0, 0.05],
  gate: [0, 0.7, 0, 0.02, 0.28],
  scout: [0.15, 0.005, 0.8, 0, 0.05],
  expert: [0.1, 0.003, 0, 0.87, 0.03],
  other: [0, 0, 0, 0, 0.98],
}
const meter = { scope: 'board', accuracy: 0.01 } as const
/** A table that knows neither how much nor what draws more. */
const belief = beliefFixture([1.4, 1.4, 1.4, 1.4, 1.4])

/** Readings of a device: so many rounds, each phase for 20 s, twice a second. */
function readings(seed: number, noise: number, rounds = 3): PhaseWindow[] {
  const random = createRandom(seed)
  const bell = () => (random() + random() + random() - 1.5) * 2
  const windows: PhaseWindow[] = []
  for (let round = 0; round < rounds; round++) {
    for (const phase of PHASES) {
      for (let reading = 0; reading < 40; reading++) {
        const busy = BUSY[phase].map(share => share * (0.97 + 0.06 * random()))
        const dynamic = busy.reduce((sum, share, i) => sum + share * TRUTH[i]!, 0)
        windows.push({ phase, round, busy, watts: IDLE + dynamic + noise * bell(), seconds: 0.5 })
      }
    }
  }
  return windows
}

t.test('the draws of a device are found within 5 %', async t => {
  for (let seed = 1; seed <= 8; seed++) {
    const { draw, idle, checks, error } = calibrate(readings(seed, 0.05), belief, meter)
    for (const [i, watts] of draw.watts.entries())
      t.ok(
        Math.abs(watts / TRUTH[i]! - 1) < 0.05,
        `seed ${seed}, source ${i}: ${watts} for ${TRUTH[i]}`,
      )
    t.ok(Math.abs(idle.watts - IDLE) < 0.05)
    t.match(idle, { method: 'calibrated', scope: 'board' })
    t.same(
      checks.map(({ phase }) => phase),
      PHASES,
    )
    t.ok(error < 0.02, `${error}`)
    t.equal(draw.scale, 0.01)
    t.equal(isUsable({ draw }), true)
  }
})

t.test('more noise is owned up to', async t => {
  const deviations = [0.02, 0.1, 0.5].map(noise => {
    const { draw, noise: found } = calibrate(readings(3, noise), belief, meter)
    t.ok(Math.abs(found / noise - 1) < 0.3, `${found} for ${noise}`)
    return Math.sqrt(draw.covariance[3]![3]!)
  })
  t.ok(deviations[1]! > 3 * deviations[0]! && deviations[2]! > 3 * deviations[1]!)
})

t.test('the truth lies within twice the uncertainty, nearly always', async t => {
  let within = 0
  let all = 0
  for (let seed = 20; seed < 60; seed++) {
    const { draw } = calibrate(readings(seed, 0.2), belief, meter)
    for (const [i, watts] of draw.watts.entries()) {
      all++
      if (Math.abs(watts - TRUTH[i]!) <= 2 * Math.sqrt(draw.covariance[i]![i]!)) within++
    }
  }
  t.ok(within / all > 0.88, `${within} of ${all}`)
})

t.test('rounds that contradict each other are told, also if they do so evenly', async t => {
  const contradicting = readings(1, 0.02).map(window => {
    const factor = [0.7, 1, 1.3][window.round]!
    return { ...window, watts: IDLE + (window.watts - IDLE) * factor }
  })
  t.ok(calibrate(readings(1, 0.02), belief, meter).error < 0.005)
  const { checks, error } = calibrate(contradicting, belief, meter)
  t.ok(error > 0.05, `${error}`)
  const expert = checks.find(({ phase }) => phase === 'expert')!
  t.ok(expert.error > 0.05)
  t.ok(Math.abs(expert.measuredWatts / expert.predictedWatts - 1) < 0.03, 'the means agree')
})

t.test('one round gives coefficients, if not a check of them against others', async t => {
  const { draw, checks } = calibrate(readings(1, 0.02, 1), belief, meter)
  t.ok(Math.abs(draw.watts[3]! / TRUTH[3]! - 1) < 0.05)
  t.equal(checks.length, PHASES.length)
})

t.test('a stage that was never busy cannot be told from nothing', async t => {
  const windows = readings(1, 0.05).filter(({ phase }) => phase !== 'decode')
  const idleDecode = windows.map(window => ({ ...window, busy: [0, ...window.busy.slice(1)] }))
  const { draw, checks } = calibrate(idleDecode, belief, meter)
  t.equal(isDistinguishable(draw, 0), false)
  t.equal(isDistinguishable(draw, 3), true)
  t.equal(isUsable({ draw }), false)
  t.equal(checks.length, PHASES.length - 1)
})
