import t from 'tap'
import { calibrationReport } from '../../src/doctor/calibration-report.js'
import { beliefFixture } from '../fixtures/belief.js'

const { draw } = beliefFixture([0.8, 0.7, 1.1, 1.4, 0.9], { own: 0.05, scale: 0.01 })
const calibrated = {
  board: 'Raspberry Pi 4',
  meter: 'ina226 (hwmon4)',
  file: '/var/lib/squint/calibration.json',
  dropped: [],
  rounds: 3,
  calibration: {
    draw,
    idle: { watts: 2.7, scope: 'board', uncertainty: 0.03, method: 'calibrated' },
    scope: 'board',
    noise: 0.02,
    checks: [{ phase: 'expert', measuredWatts: 4.1, predictedWatts: 4.05, error: 0.012 }],
    error: 0.012,
  },
} as const

t.test('what was found is told with how well it is known', async t => {
  const report = calibrationReport(calibrated)
  t.match(report, /^Raspberry Pi 4, by ina226 \(hwmon4\)\n/)
  t.match(report, '  scout    1.100 ±0.056 W\n')
  t.match(report, 'idle: 2.700 ±0.030 W (board); readings differ by ±0.020 W\n')
  t.match(report, '  expert   4.100 W    4.050 W   ±1.2 %\n')
  t.match(
    report,
    'mean error of the predictions: 1.2 %\nwritten to /var/lib/squint/calibration.json,',
  )
  t.notMatch(report, /left out/)
})

t.test('what is lost in the noise is no number, and a poor fit is said to be one', async t => {
  const covariance = draw.covariance.map((row, i) =>
    row.map((value, j) => (i === 1 && j === 1 ? 0.09 : value)),
  )
  const report = calibrationReport({
    ...calibrated,
    calibration: { ...calibrated.calibration, draw: { ...draw, covariance }, error: 0.08 },
    dropped: [{ phase: 'gate', round: 1 }],
  })
  t.match(report, '  gate     not distinguishable from nothing\n')
  t.match(report, 'left out, as throttled or not read: gate of round 2\n')
  t.match(report, /predictions: 8\.0 %: something else was at work/)
})

t.test('one round predicts nothing', async t => {
  const report = calibrationReport({ ...calibrated, rounds: 1 })
  t.notMatch(report, /predict/)
  t.match(report, /1\.100 ±0\.056 W/)
})

t.test('what says nothing is not written', async t => {
  t.match(
    calibrationReport({ ...calibrated, file: null }),
    /\nnot written: the readings do not tell/,
  )
})
