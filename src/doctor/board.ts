import { availableParallelism } from 'node:os'
import { round } from '../lib/round.js'
import type { Sysfs } from '../power/sysfs.js'
import type { Finding, Surroundings } from './finding.js'
import { readState, type State } from './state.js'

/** Bytes; squint and its system have taken 215 MB and more. */
const ENOUGH_MEMORY = 512 * 2 ** 20
/** Raspberry Pi and Jetson slow themselves down a little above it. */
const HOT_CELSIUS = 80

/** The board, its processor, memory, temperature and supply. */
export async function checkBoard(surroundings: Surroundings): Promise<Finding[]> {
  const { sysfs } = surroundings
  const state = await readState(surroundings)
  return [
    { subject: 'board', state: 'well', essential: false, found: state.board },
    await processor(sysfs, state.clocks),
    ...memory(state.memory),
    temperature(state),
    ...supply(state),
  ]
}

async function processor(sysfs: Sysfs, clocks: State['clocks']): Promise<Finding> {
  const cores = coresOf((await sysfs.text('sys/devices/system/cpu/online')) ?? '')
  const governors = [...new Set(clocks.map(({ governor }) => governor ?? 'unknown'))]
  const gigahertz = Math.max(0, ...clocks.map(({ hertz }) => hertz ?? 0)) / 1e9
  const gigahertzAtMost = Math.max(0, ...clocks.map(({ maxHertz }) => maxHertz ?? 0)) / 1e9
  const speeds = [gigahertz, gigahertzAtMost].filter(speed => speed > 0)
  const clock = `${speeds.map(speed => speed.toFixed(1)).join(' of ')} GHz, governor ${governors}`
  const base = {
    subject: 'processor',
    essential: false,
    found: `${cores} ${cores === 1 ? 'core' : 'cores'}, ${speeds.length > 0 ? clock : 'clock and governor are not told'}`,
    details: { cores, governors, gigahertz, gigahertzAtMost },
  }
  if (!(await isHeldDown(sysfs, clocks))) return { ...base, state: 'well' }
  return {
    ...base,
    state: 'notice',
    found: `${base.found}, which keeps it at its slowest`,
    mend: 'echo schedutil | sudo tee /sys/devices/system/cpu/cpufreq/policy*/scaling_governor',
  }
}

async function isHeldDown(sysfs: Sysfs, clocks: State['clocks']): Promise<boolean> {
  for (const { name, governor } of clocks) {
    if (governor !== 'powersave') continue
    const driver = await sysfs.text('sys/devices/system/cpu/cpufreq', name, 'scaling_driver')
    // what intel_pstate and amd-pstate-epp call powersave is a governor like schedutil
    if (!/pstate/.test(driver ?? '')) return true
  }
  return false
}

/** `0-3`, `0,2-3`: how many; of this very machine where nothing is told. */
function coresOf(ranges: string): number {
  const counts = [...ranges.matchAll(/(\d+)(?:-(\d+))?/g)].map(
    ([, first, last = first]) => Number(last) - Number(first) + 1,
  )
  return counts.reduce((sum, count) => sum + count, 0) || availableParallelism()
}

function memory(memory: State['memory']): Finding[] {
  if (memory === null) return []
  const { totalBytes, availableBytes } = memory
  const base = {
    subject: 'memory',
    essential: false,
    found: `${mebibytes(totalBytes)}, ${mebibytes(availableBytes)} available`,
    details: { totalBytes, availableBytes },
  }
  if (totalBytes >= ENOUGH_MEMORY) return [{ ...base, state: 'well' }]
  const mend = 'Keep to one camera: with one at 720p squint has taken 215 MB.'
  return [{ ...base, state: 'notice', mend }]
}

function mebibytes(bytes: number): string {
  return bytes < 2 ** 30 ? `${Math.round(bytes / 2 ** 20)} MiB` : `${round(bytes / 2 ** 30, 1)} GiB`
}

function temperature({ celsius, throttled }: State): Finding {
  const base = { subject: 'temperature', essential: false, details: { celsius, throttled } }
  if (celsius === null && throttled === null) {
    const found = 'no sensor tells it: a budget in celsius binds nothing here'
    return { ...base, state: 'notice', found }
  }
  const degrees = celsius === null ? 'not told' : `${Math.round(celsius)} °C`
  if (throttled === true || (celsius ?? 0) >= HOT_CELSIUS) {
    return {
      ...base,
      state: 'notice',
      found: `${degrees}, ${throttled === true ? 'the processor is being slowed down' : 'it will soon be slowed down'}`,
      mend: 'A heat sink, a fan or a budget in celsius keeps it cooler.',
    }
  }
  const found = throttled === null ? degrees : `${degrees}, not slowed down`
  return { ...base, state: 'well', found }
}

function supply({ underVoltage, board }: State): Finding[] {
  const { now, ever } = underVoltage
  const base = { subject: 'supply', essential: false, details: { underVoltage: { now, ever } } }
  if (now === null && ever === null) {
    if (!/Raspberry Pi/.test(board)) return []
    if (/Zero/.test(board)) {
      const found = 'under-voltage is unknown: this board has no detector'
      return [{ ...base, state: 'well', found }]
    }
    const found = 'under-voltage is unknown: the firmware does not answer'
    return [{ ...base, state: 'notice', found }]
  }
  if (!now && !ever) return [{ ...base, state: 'well', found: 'no under-voltage since boot' }]
  return [
    {
      ...base,
      state: 'notice',
      found: `under-voltage ${now ? 'now' : 'since boot'}: clocks drop, and cards wear`,
      mend: "The board's own power supply and a short cable mend it.",
    },
  ]
}
