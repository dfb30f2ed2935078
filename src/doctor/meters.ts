import { networksOf } from '../cascade/zoo.js'
import { believe } from '../power/attribution/believe.js'
import type { PowerConfig } from '../power/config.js'
import { raplAccess } from '../power/meters/rapl.js'
import type { Finding, ReadMeter, Surroundings } from './finding.js'
import { readState } from './state.js'

/** Checked against tmpfiles.d(5) and by running it: `z` takes globs, and links on the way are followed. */
const OPEN_RAPL =
  "echo 'z /sys/class/powercap/intel-rapl:*/energy_uj 0440 root video' | sudo tee /etc/tmpfiles.d/squint.conf && sudo systemd-tmpfiles --create /etc/tmpfiles.d/squint.conf && sudo usermod -aG video $USER"

/** Which meters there are, which of them the service would read, and how energy is known. */
export async function checkMeters(surroundings: Surroundings): Promise<Finding[]> {
  const { sysfs, path, configuration } = surroundings
  const { meter: wanted, rails } = configuration.config.power
  const meters = await surroundings.findMeters({ sysfs, path, rails })
  const chosen = meters.find(({ kind }) => wanted === 'auto' || wanted === kind)
  const several = meters.length > 1
  const findings = meters.map(meter => (meter === chosen ? tell(meter, several) : unread(meter)))
  if (wanted === 'auto' || wanted === 'rapl') findings.push(...(await closedRapl(surroundings)))
  if (chosen && chosen.watts !== null) return findings
  return [...findings, await believed(surroundings, meters, chosen)]
}

function tell(meter: ReadMeter, several: boolean): Finding {
  const { watts, warnings } = meter
  const found = `${saidBy(meter)}${several ? '; squint reads this one' : ''}`
  const base = { subject: 'meters', essential: false, found, details: detailsOf(meter, true) }
  if (watts === null) return { ...base, state: 'notice' }
  if (warnings.length === 0) return { ...base, state: 'well' }
  return { ...base, state: 'notice', mend: warnings.join(' ') }
}

/** Whatever it says is nothing to mend. */
function unread(meter: ReadMeter): Finding {
  const found = `${saidBy(meter)}; not read`
  const details = detailsOf(meter, false)
  return { subject: 'meters', state: 'well', essential: false, found, details }
}

function detailsOf({ kind, name, scope, source, watts }: ReadMeter, read: boolean) {
  return { kind, name, scope, source, watts, read }
}

function saidBy({ name, scope, source, watts, reason }: ReadMeter): string {
  if (watts === null) return `${name} (${source}) does not answer: ${reason ?? 'no reason told'}`
  return `${name}: ${watts.toFixed(2)} W of the ${scope === 'soc' ? 'chip' : scope} (${source})`
}

async function closedRapl({ sysfs }: Surroundings): Promise<Finding[]> {
  if ((await raplAccess(sysfs)) !== 'denied') return []
  const found = 'RAPL is there and only for root, as it lets programs spy on each other (PLATYPUS)'
  return [{ subject: 'meters', state: 'notice', essential: false, found, mend: OPEN_RAPL }]
}

/** How energy is known without a reading. @param chosen does not answer; undefined: there is none such, or none is wanted */
async function believed(
  surroundings: Surroundings,
  meters: readonly ReadMeter[],
  chosen: ReadMeter | undefined,
): Promise<Finding> {
  const { sysfs, configuration } = surroundings
  const { cascade, power } = configuration.config
  const { belief, ignored } = await believe({
    sysfs,
    calibration: power.calibration,
    networks: await networksOf(cascade),
    threads: cascade.threads,
    state: await readState(surroundings),
  })
  const { method, source, uncertainty } = belief.knowledge
  const base = {
    subject: 'meters',
    essential: false,
    found: `${chosen ? 'no answer' : whyNone(power.meter)}: energy is ${method}, ±${Math.round(uncertainty * 100)} %`,
    details: { method, uncertainty, source },
  }
  if (ignored !== null) return { ...base, state: 'notice', mend: `${ignored}.` }
  if (power.meter === 'off') return { ...base, state: 'well' }
  const isAbsent = chosen === undefined && power.meter !== 'auto'
  if (method === 'calibrated' && !isAbsent) return { ...base, state: 'well' }
  const [other] = isAbsent ? meters : []
  const mend = other ? `power.meter: auto would read ${other.name}.` : wayToMeasure(belief.board)
  return { ...base, state: 'notice', mend }
}

function whyNone(wanted: PowerConfig['meter']): string {
  if (wanted === 'off') return 'nothing is read, as power.meter is off'
  return wanted === 'auto' ? 'none' : `power.meter is ${wanted}, which is not there`
}

function wayToMeasure(board: string): string {
  if (/Raspberry Pi (5|Compute Module 5)/.test(board)) {
    return "The board's own meter tells it, once vcgencmd answers."
  }
  if (/Jetson|NVIDIA/.test(board)) {
    return "The board's own INA3221 tells it, under NVIDIA's kernel."
  }
  if (/Raspberry Pi/.test(board)) return 'An INA226 or INA260 on the I2C bus would measure it.'
  return 'RAPL (x86, no hypervisor) or an INA226 on I2C would tell it.'
}
