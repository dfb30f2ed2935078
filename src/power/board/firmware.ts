import type { Sysfs } from '../sysfs.js'
import type { BoardState, FirmwareFlags } from './board-state.js'
import { createRenewed, FIND_MS } from './renewed.js'

/** Bits 0 to 3: now; 16 to 19: since boot, or since somebody has cleared them. */
const UNDER_VOLTAGE = 0b0001
const FREQUENCY_CAPPED = 0b0010
const THROTTLED = 0b0100
const SOFT_LIMIT = 0b1000
const SINCE_BOOT = 16

/** Every question costs a call of the firmware. */
const ASK_MS = 10_000

/** What `vcgencmd get_throttled` says: throttled=0x50000. Rejects soon if there is no answer. */
export type AskFirmware = () => Promise<string>

export interface Firmware {
  /** Never rejects. */
  read(): Promise<Pick<BoardState, 'firmware' | 'underVoltage'>>
}

/**
 * What the Raspberry Pi's firmware says of supply and clock: older kernels have its bits in a file; newer ones tell only
 * of under-voltage in the last two seconds (rpi_volt), so that the rest is asked for. rpi_volt clears the sticky bits
 * whenever it looks: they are kept here. The Zero range has no detector for its supply: its bits mean nothing.
 */
export function createFirmware(
  sysfs: Sysfs,
  ask?: AskFirmware,
  findMs = FIND_MS,
  askMs = ASK_MS,
): Firmware {
  const sources = createRenewed(find, findMs)
  const answer = createRenewed(
    async () =>
      ask?.().then(
        text => bitsOf(text),
        () => undefined,
      ),
    askMs,
  )
  let ever = 0

  async function find() {
    const model = (await sysfs.text('proc/device-tree/model')) ?? ''
    return {
      isPi: model.includes('Raspberry Pi'),
      senses: !model.includes('Raspberry Pi Zero'),
      bits: await findBits(sysfs),
      alarm: await findAlarm(sysfs),
    }
  }

  function readNow(file: string | undefined): number | undefined {
    if (file === undefined) return undefined
    const bits = bitsOf(sysfs.textNow(file))
    if (bits === undefined) sources.expire()
    return bits
  }

  return {
    async read() {
      const { isPi, senses, bits: file, alarm } = await sources.get()
      const bits = readNow(file) ?? (isPi ? await answer.get() : undefined)
      const low = readNow(alarm)
      const now = (bits ?? 0) | (low ?? 0)
      ever |= now | (now >> SINCE_BOOT)
      const flags = { now: flagsOf(now, senses), ever: flagsOf(ever, senses) }
      const told = bits !== undefined || low !== undefined
      return {
        firmware: bits === undefined ? null : flags,
        underVoltage: {
          now: told ? flags.now.underVoltage : null,
          // what has been stays true when nobody tells any more
          ever: told || flags.ever.underVoltage ? flags.ever.underVoltage : null,
        },
      }
    },
  }
}

function flagsOf(bits: number, senses: boolean): FirmwareFlags {
  return {
    underVoltage: senses ? (bits & UNDER_VOLTAGE) !== 0 : null,
    frequencyCapped: (bits & FREQUENCY_CAPPED) !== 0,
    throttled: (bits & THROTTLED) !== 0,
    softTemperatureLimit: (bits & SOFT_LIMIT) !== 0,
  }
}

/** With or without 0x, or after throttled=. */
function bitsOf(text = ''): number | undefined {
  const [, digits] = /^(?:throttled=)?(?:0x)?([0-9a-f]{1,8})$/i.exec(text.trim()) ?? []
  return digits === undefined ? undefined : Number.parseInt(digits, 16)
}

async function findBits(sysfs: Sysfs): Promise<string | undefined> {
  const chips = await sysfs.list('sys/devices/platform', /^soc/)
  const below = await Promise.all(chips.map(chip => sysfs.list(chip, /firmware$/)))
  for (const folder of [...chips, ...below.flat()]) {
    const file = `${folder}/get_throttled`
    if (bitsOf(await sysfs.text(file)) !== undefined) return file
  }
  return undefined
}

async function findAlarm(sysfs: Sysfs): Promise<string | undefined> {
  for (const chip of await sysfs.list('sys/class/hwmon', /^hwmon/)) {
    const alarm = `${chip}/in0_lcrit_alarm`
    const isSupply = (await sysfs.text(chip, 'name')) === 'rpi_volt'
    if (isSupply && bitsOf(await sysfs.text(alarm)) !== undefined) return alarm
  }
  return undefined
}
