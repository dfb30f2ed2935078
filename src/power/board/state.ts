import type { Sysfs } from '../sysfs.js'
import type { BoardState } from './board-state.js'
import { createClocks } from './clocks.js'
import { type AskFirmware, createFirmware } from './firmware.js'
import { createGpu } from './gpu.js'
import { readMemory } from './memory.js'
import { createOverCurrent } from './over-current.js'
import { createPowerMode } from './power-mode.js'
import { createPressure } from './pressure.js'
import { createSlowdown } from './slowdown.js'
import { createThermometer } from './temperature.js'

export interface BoardReaderOptions {
  readonly sysfs: Sysfs
  /** Ends the tools that are asked. */
  readonly signal: AbortSignal
  /** Instead of PATH: where tools are. */
  readonly path?: string | undefined
  /** Asked on a Raspberry Pi whose kernel has no file for it, every ten seconds at most. */
  readonly askFirmware?: AskFirmware | undefined
}

export interface BoardReader {
  /** Never rejects. Not called again before it settles. */
  read(): Promise<BoardState>
}

/**
 * How the board fares. Where its sensors are is found out once a minute; a reading takes a handful of small files.
 * Throttled is what the Raspberry Pi's firmware says, else what the kernel does because of heat; and a Jetson that has
 * been slowed down by its supply since the last reading.
 */
export function createBoardReader(options: BoardReaderOptions): BoardReader {
  const { sysfs, signal, path, askFirmware } = options
  const thermometer = createThermometer(sysfs)
  const slowdown = createSlowdown(sysfs)
  const firmware = createFirmware(sysfs, askFirmware)
  const clocks = createClocks(sysfs)
  const overCurrent = createOverCurrent(sysfs)
  const powerMode = createPowerMode(signal, path)
  const gpu = createGpu(sysfs)
  const pressure = createPressure(sysfs)

  return {
    async read() {
      const pi = await firmware.read()
      const jetson = await overCurrent.read()
      const hot = pi.firmware === null ? await slowdown.read() : isSlowed(pi.firmware.now)
      return {
        celsius: await thermometer.read(),
        throttled: jetson.throttled || hot,
        underVoltage: {
          now: pi.underVoltage.now ?? jetson.underVoltage.now,
          ever: pi.underVoltage.ever ?? jetson.underVoltage.ever,
        },
        firmware: pi.firmware,
        clocks: await clocks.read(),
        overCurrent: jetson.overCurrent,
        powerMode: await powerMode.read(),
        gpu: await gpu.read(),
        pressure: await pressure.read(),
        memory: readMemory(sysfs),
      }
    },
  }
}

/** A low supply alone slows nothing down. */
function isSlowed(now: NonNullable<BoardState['firmware']>['now']): boolean {
  return now.frequencyCapped || now.throttled || now.softTemperatureLimit
}
