import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { boardName } from '../power/board/name.js'
import { ask } from './ask.js'
import type { Finding, Surroundings } from './finding.js'

/** The Raspberry Pi's firmware tells of its supply, and the Pi 5's of its power, through vcgencmd. */
export async function checkVcgencmd(surroundings: Surroundings): Promise<Finding[]> {
  const { sysfs } = surroundings
  if (!/Raspberry Pi/.test(await boardName(sysfs))) return []
  const base = { subject: 'vcgencmd', essential: false }
  const effect = 'supply and power stay unknown'
  const answer = await ask('vcgencmd', ['get_throttled'], surroundings)
  if (answer === undefined) {
    const mend = 'sudo apt install raspi-utils'
    return [{ ...base, state: 'missing', found: `not found: ${effect}`, mend }]
  }
  if (answer.failure === undefined) return [{ ...base, state: 'well', found: 'answers' }]
  const found = `${answer.failure}: ${effect}`
  // mainline kernels have no such device
  const hasDevice = await access(join(sysfs.root, 'dev/vcio')).then(
    () => true,
    () => false,
  )
  const mend = hasDevice
    ? 'sudo usermod -aG video $USER   # then log in again'
    : "Only the Raspberry Pi's own kernel has /dev/vcio."
  return [{ ...base, state: 'notice', found, mend }]
}
