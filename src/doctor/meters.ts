import { networksOf } from '../cascade/zoo.js'
import { believe } from '../power/attribution/believe.js'
import type { Finding, FoundMeter, Surroundings } from './finding.js'
import { readState } from './state.js'

const RAPL = 'sys/class/powercap/intel-rapl:0/energy_uj'
/** Checked against tmpfiles.d(5) and by running it: `z` takes globs, and links on the way are followed. */
const OPEN_RAPL =
  "echo 'z /sys/class/powercap/intel-rapl:*/energy_uj 0440 root video' | sudo tee /etc/tmpfiles.d/squint.conf && sudo systemd-tmpfiles --create /etc/tmpfiles.d/squint.conf && sudo usermod -aG video $USER"

/** Which meters there are, and how energy is known. */
export async function checkMeters(surroundings: Surroundings): Promise<Finding[]> {
  const meters = await surroundings.findMeters(surroundings)
  const findings = [...meters.map(tell), ...(await closedRapl(surroundings))]
  if (meters.some(({ watts }) => watts !== null)) return findings
  return [...findings, await believed(surroundings)]
}

function tell({ name, scope, source, watts, warnings, reason }: FoundMeter): Finding {
  const base = { subject: 'meters', essential: false, details: { name, scope, source, watts } }
  if (watts === null) {
    const found = `${name} (${source}) does not answer: ${reason ?? 'no reason told'}`
    return { ...base, state: 'notice', found }
  }
  const found = `${name}: ${watts.toFixed(2)} W of the ${scope === 'soc' ? 'chip' : scope} (${source})`
  if (warnings.length === 0) return { ...base, state: 'well', found }
  return { ...base, state: 'notice', found, mend: warnings.join(' ') }
}

async function closedRapl({ sysfs }: Surroundings): Promise<Finding[]> {
  const why = await sysfs.unreadable(RAPL)
  if (why === undefined || why === 'absent') return []
  const found = 'RAPL is there and only for root, as it lets programs spy on each other (PLATYPUS)'
  return [{ subject: 'meters', state: 'notice', essential: false, found, mend: OPEN_RAPL }]
}

async function believed(surroundings: Surroundings): Promise<Finding> {
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
    found: `none: energy is ${method}, ±${Math.round(uncertainty * 100)} %`,
    details: { method, uncertainty, source },
  }
  if (method === 'calibrated') return { ...base, state: 'well' }
  const mend = ignored === null ? wayToMeasure(belief.board) : `${ignored}.`
  return { ...base, state: 'notice', mend }
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
