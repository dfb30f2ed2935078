import type { Sysfs } from '../sysfs.js'
import type { BoardState, OverCurrent } from './board-state.js'
import { createRenewed, FIND_MS } from './renewed.js'

type Meaning = OverCurrent['meaning']

/** Orin and later. */
const ORIN: Readonly<Record<string, Meaning>> = {
  oc1: 'under-voltage',
  oc2: 'average over-current',
  oc3: 'instantaneous over-current',
}
/** An NX whose supply falls below 4.5 V says oc2 (forums.developer.nvidia.com/t/204815); the others are not documented. */
const XAVIER: Readonly<Record<string, Meaning>> = { oc2: 'under-voltage' }

export interface OverCurrentCounters {
  /** Never rejects. */
  read(): Promise<
    Pick<BoardState, 'overCurrent' | 'underVoltage'> & {
      /** The hardware has slowed the chip down since the last reading, longer than for an instant. */
      readonly throttled: boolean
    }
  >
}

interface Counter extends Pick<OverCurrent, 'name' | 'meaning'> {
  readonly file: string
  /** The hardware answers an event with lower clocks. */
  readonly slows: boolean
}

interface Count {
  readonly events: number
  /** Since the reading before; undefined at the first. */
  readonly fresh: number | undefined
  readonly sinceStart: number
}

/**
 * A Jetson's counters of moments at which the supply could not keep up. They count from boot on. Instantaneous events do
 * not count as throttling: a healthy Orin at its highest power mode has several a second, each too short to be seen in
 * the latency, while low voltage and a high average keep the clocks down for as long as they last.
 */
export function createOverCurrent(sysfs: Sysfs, findMs = FIND_MS): OverCurrentCounters {
  const counters = createRenewed(find, findMs)
  const counts = new Map<string, Count>()

  async function find(): Promise<Counter[]> {
    const found: Counter[] = []
    const isXavier = (await sysfs.text('proc/device-tree/model'))?.includes('Xavier')
    const kinds = { _event_cnt: ORIN, _irq_cnt: isXavier ? XAVIER : {} }
    for (const chip of await sysfs.list('sys/class/hwmon', /^hwmon/)) {
      if ((await sysfs.text(chip, 'name')) !== 'soctherm_oc') continue
      for (const [kind, meanings] of Object.entries(kinds)) {
        for (const file of await sysfs.list(chip, new RegExp(`^oc\\d+${kind}$`))) {
          if ((await sysfs.number(file)) === undefined) continue
          const name = file.slice(chip.length + 1, -kind.length)
          const slows = (await sysfs.text(chip, `${name}_throt_en`)) !== '0'
          found.push({ name, file, slows, meaning: meanings[name] ?? null })
        }
      }
    }
    return found
  }

  function count({ name, file }: Counter): Count | undefined {
    const events = sysfs.numberNow(file)
    if (events === undefined) {
      counters.expire()
      return undefined
    }
    const before = counts.get(name)
    const from = before?.events ?? events
    // a driver that starts anew counts from zero
    const grown = events < from ? events : events - from
    const counted = {
      events,
      fresh: before && grown,
      sinceStart: (before?.sinceStart ?? 0) + grown,
    }
    counts.set(name, counted)
    return counted
  }

  return {
    async read() {
      const overCurrent: OverCurrent[] = []
      const underVoltage: { now: boolean | null; ever: boolean | null } = { now: null, ever: null }
      let throttled = false
      for (const counter of await counters.get()) {
        const counted = count(counter)
        if (counted === undefined) continue
        const { name, meaning, slows } = counter
        const { events, fresh, sinceStart } = counted
        overCurrent.push({ name, meaning, events, eventsSinceStart: sinceStart })
        const lasts = meaning === 'under-voltage' || meaning === 'average over-current'
        if (lasts && slows && (fresh ?? 0) > 0) throttled = true
        if (meaning !== 'under-voltage') continue
        underVoltage.now = fresh === undefined ? null : fresh > 0
        underVoltage.ever = events > 0 || sinceStart > 0
      }
      return { overCurrent, underVoltage, throttled }
    },
  }
}
