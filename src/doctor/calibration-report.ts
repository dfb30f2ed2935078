import { isDistinguishable, type PhaseCheck } from '../power/attribution/calibration.js'
import { SOURCES } from '../power/attribution/draw.js'
import type { Calibrated } from './calibrate.js'

/** Above it a sum of what stages draw does not describe the board. */
const POOR_FIT = 0.05

/** What a calibration has found, for people. */
export function calibrationReport(calibrated: Calibrated): string {
  const { board, meter, file, calibration, dropped, rounds } = calibrated
  const { draw, idle, scope, checks, error, noise } = calibration
  const rows = SOURCES.map((source, i) => {
    const own = Math.sqrt(draw.covariance[i]![i]!)
    const deviation = Math.hypot(own, draw.scale * draw.watts[i]!)
    const watts = isDistinguishable(draw, i)
      ? `${draw.watts[i]!.toFixed(3)} ±${deviation.toFixed(3)} W`
      : 'not distinguishable from nothing'
    return `  ${source.padEnd(8)} ${watts}\n`
  })
  const lost = dropped.map(({ phase, round }) => `${phase} of round ${round + 1}`)
  return [
    `${board}, by ${meter}\n\n`,
    'above idle, while busy:\n',
    ...rows,
    `\nidle: ${idle.watts.toFixed(3)} ±${idle.uncertainty.toFixed(3)} W (${scope}); readings differ by ±${noise.toFixed(3)} W\n\n`,
    ...(rounds > 1
      ? ['phase      measured   predicted by the other rounds\n', ...checks.map(checkRow)]
      : []),
    lost.length > 0 ? `\nleft out, as throttled or not read: ${lost.join(', ')}\n` : '',
    rounds > 1
      ? `\nmean error of the predictions: ${(100 * error).toFixed(1)} %${doubt(error)}\n`
      : '',
    file === null
      ? 'not written: the readings do not tell the stages apart; what was known before still holds\n'
      : `written to ${file}, where power.calibration of the service has to point to\n`,
  ].join('')
}

function doubt(error: number): string {
  if (error <= POOR_FIT) return ''
  return ': something else was at work, or the board changes its clock; repeat it'
}

function checkRow({ phase, measuredWatts, predictedWatts, error }: PhaseCheck): string {
  return `  ${phase.padEnd(8)} ${measuredWatts.toFixed(3)} W    ${predictedWatts.toFixed(3)} W   ±${(100 * error).toFixed(1)} %\n`
}
