import { Counter, Histogram, type Registry } from 'prom-client'
import type { Result } from '../events/result.js'
import type { FrameEnergy, Knowledge } from '../power/energy.js'
import type { MeterStatus } from '../power/meters/meter.js'
import { STEPS } from './energy-stats.js'
import type { Gauges } from './gauges.js'

/** Millijoules: from a gate on a small board to an expert on a desktop's processor. */
const FRAME_BUCKETS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000]

/** Stands where a camera's name would; no camera can be called so. */
const UPLOADS = '_uploads'

/** What a camera has cost, and would have. */
export interface Saving {
  readonly camera: string
  /** Joules above idle, had the expert looked at every frame and at nothing else. */
  readonly expertOnlyJoules: number
  /** Joules of that which were not spent; never falls. */
  readonly savedJoules: number
}

/** What is read at the moment of a scrape. */
export interface PowerReadings {
  /** Above idle. */
  watts(): number
  knowledge(): Knowledge
  meter(): MeterStatus | null
  savings(): readonly Saving[]
}

export interface PowerMetrics {
  record(result: Result): void
  /** An audit of a camera's frame has cost so much. */
  audited(camera: string, energy: FrameEnergy): void
  /** A picture that is no camera's has cost so much. */
  uploaded(energy: FrameEnergy): void
}

/** What the meter says, what frames and stages cost, and what was saved. */
export function addPowerMetrics(
  registry: Registry,
  { gauge, counter, gauges, counters }: Gauges,
  { watts, knowledge, meter, savings }: PowerReadings,
): PowerMetrics {
  const registers = [registry]
  const energy = new Counter({
    name: 'squint_energy_joules_total',
    help: `Energy above idle, by stage; see method. Camera ${UPLOADS}: pictures that were uploaded`,
    labelNames: ['camera', 'stage', 'method'],
    registers,
  })
  const frames = new Histogram({
    name: 'squint_frame_energy_millijoules',
    help: 'Energy above idle of a frame, by the stage that it stopped at',
    labelNames: ['camera', 'stage'],
    buckets: FRAME_BUCKETS,
    registers,
  })

  gauges(
    'squint_power_watts',
    'What the meter reads, by rail; total counts nothing twice. No lines without a meter or while it is silent',
    ['rail'],
    () => {
      const reading = meter()?.reading ?? null
      if (reading === null) return []
      const rails = reading.rails.map(rail => [{ rail: rail.name }, rail.watts] as const)
      return [...rails, [{ rail: 'total' }, reading.watts] as const]
    },
  )
  gauge(
    'squint_power_above_idle_watts',
    'What the stages draw, over the last seconds, known as squint_energy_joules_total is',
    watts,
  )
  gauges(
    'squint_energy_info',
    'Always 1; the labels say how joules are known now, and what they are counted over',
    ['method', 'scope'],
    () => {
      const { method, scope } = knowledge()
      return [[{ method, scope }, 1]]
    },
  )
  gauge(
    'squint_energy_uncertainty_ratio',
    'Relative uncertainty of what all stages together draw, one standard deviation',
    () => knowledge().uncertainty,
  )
  gauge('squint_meter_up', '1 while the meter answers, 0 while it is silent; no line: none', () => {
    const status = meter()
    return status === null ? null : Number(status.state === 'answering')
  })
  counter(
    'squint_meter_joules_total',
    'What the meter has counted since the start, idle included',
    () => meter()?.joules ?? null,
  )
  counters(
    'squint_expert_only_joules_total',
    'Energy above idle that the frames would have cost with the expert on each and nothing else',
    ['camera'],
    () => savings().map(({ camera, expertOnlyJoules }) => [{ camera }, expertOnlyJoules]),
  )
  counters(
    'squint_saved_joules_total',
    'Highest value so far of squint_expert_only_joules_total less all energy of frames and audits: ' +
      'frames that cost more than the expert alone are paid back first. ' +
      'Stands still while the difference cannot be told from its uncertainty',
    ['camera'],
    () => savings().map(({ camera, savedJoules }) => [{ camera }, savedJoules]),
  )

  function charge(camera: string, millijoules: FrameEnergy): void {
    const { method } = millijoules
    for (const stage of STEPS) {
      if (millijoules[stage] > 0) energy.inc({ camera, stage, method }, millijoules[stage] / 1000)
    }
  }

  return {
    record({ camera, exit, energyMj }) {
      charge(camera, energyMj)
      frames.observe({ camera, stage: exit.stage }, energyMj.total)
    },
    audited: (camera, { total, method }) =>
      energy.inc({ camera, stage: 'audit', method }, total / 1000),
    uploaded: energy => charge(UPLOADS, energy),
  }
}
