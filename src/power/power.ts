import { messageOf } from '../lib/errors.js'
import { createAttribution } from './attribution/attribution.js'
import { attributeByBelief, type Belief } from './attribution/belief.js'
import { believe, type Network } from './attribution/believe.js'
import { readBusySeconds } from './attribution/load.js'
import { createBattery } from './battery.js'
import type { BoardState } from './board/board-state.js'
import { createBoardReader } from './board/state.js'
import { watchBoard } from './board/watch.js'
import type { PowerConfig } from './config.js'
import type { Attribution } from './energy.js'
import { findMeter } from './meters/find.js'
import type { Meter, MeterStatus, Reading } from './meters/meter.js'
import { createSampler, type Sampler } from './meters/sampler.js'
import { openSysfs } from './sysfs.js'
import { openVcgencmd } from './vcgencmd.js'

/** What is worth a line, and what should not be so. */
export interface PowerLog {
  info(fields: object, meaning: string): void
  warn(fields: object, meaning: string): void
}

/** What draws. */
export interface Load {
  readonly networks: { readonly scout: Network; readonly expert: Network }
  /** Of one inference. */
  readonly threads: number
}

export interface PowerOptions extends Load {
  readonly config: PowerConfig
  /** Where the kernel's tree is mounted, and instead of PATH where tools are. */
  readonly root?: string
  readonly path?: string
  readonly log: PowerLog
}

export interface PowerListener {
  /** Gets every reading of the meter. */
  onReading(reading: Reading): void
  /** Watts above idle of the whole service lately. */
  aboveIdle(): number
}

/** What the board draws, how it fares, and what a frame of it costs. */
export interface Power {
  readonly energy: Attribution
  board(): BoardState
  /** null: there is none. */
  meter(): MeterStatus | null
  /** Until the battery is empty; null: none is known of. */
  batteryHours(): number | null
  /** Other networks run from now on: what was learnt of those before them holds no more. */
  adapt(load: Load): Promise<void>
  /** Starts to read the meter. */
  start(listener: PowerListener): void
  close(): Promise<void>
}

/** Milliseconds that a meter may take to answer. */
const METER_TIMEOUT_MS = 300

/** Finds out what can be known on this machine. Rejects with MODEL_INVALID if the package's own table is broken. */
export async function openPower(options: PowerOptions): Promise<Power> {
  const { config, path, log } = options
  const sysfs = openSysfs(options.root)
  const stopping = new AbortController()
  const { signal } = stopping
  const firmware = openVcgencmd({ path })
  const askFirmware = () => firmware.ask(['get_throttled'])
  const reader = createBoardReader({ sysfs, signal, path, askFirmware })
  const state = await reader.read()
  const { calibration, rails } = config

  async function believeOf({ networks, threads }: Load): Promise<Belief> {
    const { belief, ignored } = await believe({ sysfs, calibration, networks, threads, state })
    if (ignored !== null) log.warn({ reason: ignored }, 'the calibration is not used')
    return belief
  }

  let belief = await believeOf(options)
  const board = watchBoard(reader, signal)

  const meter = await findMeter(config.meter, { sysfs, path, rails })
  if (meter === undefined && config.meter !== 'auto' && config.meter !== 'off') {
    log.warn({ meter: config.meter }, 'the meter was not found: energy is not measured')
  }
  let metered = meter && createAttribution({ belief, meter })
  let current: Attribution = metered ?? attributeByBelief(belief)
  const energy: Attribution = {
    board: belief.board,
    knowledge: () => current.knowledge(),
    attribute: timings => current.attribute(timings),
    compare: (less, more) => current.compare(less, more),
    idle: () => current.idle(),
    balance: () => current.balance(),
  }
  const battery = createBattery({ sysfs, wattHours: config.batteryWattHours, signal })
  let sampler: Sampler | undefined
  let silences = 0
  let listener: PowerListener | undefined

  function status(): MeterStatus | null {
    return sampler?.status() ?? null
  }

  function tell(status: MeterStatus): void {
    const { name, source, state, reason, warnings } = status
    if (state === 'silent') {
      metered?.silence()
      silences++
    }
    // a meter that comes and goes must not fill the disk: the 1st, 2nd, 4th, 8th ... time is told
    if ((silences & (silences - 1)) !== 0) return
    if (state === 'silent') log.warn({ meter: name, source, reason }, 'the meter is silent')
    else log.info({ meter: name, source, warnings }, 'the meter answers')
  }

  return {
    energy,
    board,
    meter: status,
    batteryHours: () =>
      battery.hours(boardWatts(energy, belief, status(), listener?.aboveIdle() ?? 0)),
    async adapt(load) {
      belief = await believeOf(load)
      metered = meter && createAttribution({ belief, meter })
      current = metered ?? attributeByBelief(belief)
    },
    start(given) {
      listener = given
      if (meter === undefined) return
      sampler = createSampler({
        meter,
        ...paceOf(config, meter),
        timeoutMs: METER_TIMEOUT_MS,
        signal,
        onReading(reading, seconds) {
          metered?.observe(reading, seconds, readBusySeconds(sysfs))
          given.onReading(reading)
        },
        onChange: tell,
      })
      sampler.ended.catch(error => {
        metered?.silence()
        log.warn({ error: messageOf(error) }, 'the meter is not read any more')
      })
    },
    async close() {
      stopping.abort()
      await sampler?.ended.catch(() => {})
      await meter?.close()
      await firmware.close()
    },
  }
}

/** How often a meter is read: as configured, as it costs, or as usual. */
export function paceOf({ everyMs }: Pick<PowerConfig, 'everyMs'>, meter: Pick<Meter, 'everyMs'>) {
  const chosen = everyMs ?? meter.everyMs
  return chosen === undefined ? {} : { everyMs: chosen }
}

/** What the whole board draws lately, as well as it is known; null where only a part of it is. */
export function boardWatts(
  energy: Pick<Attribution, 'balance' | 'idle'>,
  belief: Pick<Belief, 'idle'>,
  meter: Pick<MeterStatus, 'scope'> | null,
  aboveIdle: number,
): number | null {
  const balance = energy.balance()
  if (meter?.scope === 'board' && balance !== null) return balance.meterJoules / balance.seconds
  // a meter of the chip knows nothing of the rest of the board
  const idle = [energy.idle(), belief.idle].find(known => known?.scope === 'board')
  return idle ? idle.watts + aboveIdle : null
}
