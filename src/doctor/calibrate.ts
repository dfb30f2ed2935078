import { startCascade } from '../cascade/cascade.js'
import { localOnly } from '../cascade/config.js'
import { networksOf } from '../cascade/zoo.js'
import type { Config } from '../config/schema.js'
import { isoTime, wallMs } from '../lib/clock.js'
import { SquintError } from '../lib/errors.js'
import { believePublished, conditionsOf } from '../power/attribution/believe.js'
import {
  type Calibration,
  calibrate,
  isUsable,
  PHASES,
  type Phase,
} from '../power/attribution/calibration.js'
import { writeCalibration } from '../power/attribution/calibration-file.js'
import { readBusySeconds } from '../power/attribution/load.js'
import { createBoardReader } from '../power/board/state.js'
import { findMeter } from '../power/meters/find.js'
import type { Meter } from '../power/meters/meter.js'
import { createSampler } from '../power/meters/sampler.js'
import { paceOf } from '../power/power.js'
import type { Sysfs } from '../power/sysfs.js'
import { openVcgencmd } from '../power/vcgencmd.js'
import { type MeteredStretch, measurePhases } from './measure-phases.js'
import { whoAnswers } from './port.js'
import { openWorkloads } from './workloads.js'

export interface CalibrateOptions {
  readonly config: Config
  readonly sysfs: Sysfs
  readonly path: string
  /** Of each phase. */
  readonly seconds: number
  readonly settleMs?: number
  readonly rounds: number
  onPhase(phase: Phase, round: number): void
}

export interface Calibrated {
  readonly board: string
  readonly meter: string
  /** Where it is kept; null: it is not, as the stages cannot be told from nothing. */
  readonly file: string | null
  readonly rounds: number
  readonly calibration: Calibration
  readonly dropped: readonly { readonly phase: Phase; readonly round: number }[]
}

/**
 * Keeps one stage after the other busy while the meter is read, fits what each draws, and writes it to `power.calibration`.
 * Rejects with METER_MISSING if there is no meter, BUSY if squint serves meanwhile, METER_SILENT if a phase gave no reading.
 */
export async function calibrateDevice(options: CalibrateOptions): Promise<Calibrated> {
  const { config, sysfs, path } = options
  const { port } = config.server
  const squint = await whoAnswers(config.server, AbortSignal.timeout(2000))
  if (squint !== undefined) {
    throw new SquintError(
      'BUSY',
      `${squint} serves on port ${port}: its work would be measured too; stop it first`,
    )
  }
  const { meter: kind, rails } = config.power
  const meter = await findMeter(kind, { sysfs, path, rails })
  if (meter === undefined) {
    throw new SquintError(
      'METER_MISSING',
      `power.meter: expected a meter (${kind}), found none; squint doctor says what would be one`,
    )
  }
  try {
    return await calibrateWith(meter, options)
  } finally {
    await meter.close()
  }
}

async function calibrateWith(meter: Meter, options: CalibrateOptions): Promise<Calibrated> {
  const { config, sysfs, path } = options
  const { threads, policy } = config.cascade
  const networks = await networksOf(config.cascade)
  const stopping = new AbortController()
  const { signal } = stopping
  const firmware = openVcgencmd({ path })
  const askFirmware = () => firmware.ask(['get_throttled'])
  const reader = createBoardReader({ sysfs, path, signal, askFirmware })
  // no full look while the gate alone is to be measured
  const rare = { ...localOnly(config.cascade), policy: { ...policy, refreshSeconds: 3600 } }
  const cascade = await startCascade(rare)
  try {
    const state = await reader.read()
    const belief = await believePublished({ sysfs, networks, threads })
    const stretches: MeteredStretch[] = []
    let busyBefore = 0
    const sampler = createSampler({
      meter,
      ...paceOf(config.power, meter),
      signal,
      onReading({ watts, at }, seconds) {
        const busy = readBusySeconds(sysfs)
        const from = at - seconds * 1000
        if (seconds > 0) stretches.push({ from, to: at, watts, busySeconds: busy - busyBefore })
        busyBefore = busy
      },
      onChange() {},
    })
    const { windows, dropped } = await measurePhases({
      ...options,
      works: await openWorkloads(cascade, signal),
      threads: belief.threads,
      stretchesWithin: (from, to) =>
        stretches.filter(stretch => stretch.from >= from && stretch.to <= to),
      throttled: async () => (await reader.read()).throttled === true,
    })
    stopping.abort()
    await sampler.ended
    const unseen = PHASES.filter(phase => windows.every(window => window.phase !== phase))
    if (unseen.length > 0) {
      const message = `${meter.name}: expected readings of every phase while the board is not slowed down, found none of ${unseen.join(', ')}`
      throw new SquintError('METER_SILENT', message)
    }
    const calibration = calibrate(windows, belief, meter)
    const file = await keepUsable(config.power.calibration, calibration, {
      at: isoTime(wallMs()),
      meter: meter.name,
      conditions: conditionsOf(belief.board, { networks, threads, state }),
    })
    return {
      board: belief.board,
      rounds: options.rounds,
      meter: `${meter.name} (${meter.source})`,
      file,
      calibration,
      dropped,
    }
  } finally {
    stopping.abort()
    await cascade.close()
    await firmware.close()
  }
}

/** Keeps a calibration that tells the stages apart. Settles with its file; null if it is not usable. */
export async function keepUsable(
  path: string,
  ...[calibration, made]: SkipPath<Parameters<typeof writeCalibration>>
): Promise<string | null> {
  if (!isUsable(calibration)) return null
  await writeCalibration(path, calibration, made)
  return path
}

type SkipPath<All extends readonly unknown[]> = All extends [string, ...infer Rest] ? Rest : never
