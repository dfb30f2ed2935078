import { messageOf } from '../lib/errors.js'
import { findMeters } from '../power/meters/find.js'
import type { Surroundings } from '../power/meters/meter.js'
import type { ReadMeter } from './finding.js'

/** More than any meter takes. */
const TIMEOUT_MS = 2000

/** Every meter that there is, in the order in which one would be chosen, with one reading of each. Never rejects. */
export async function readMeters(surroundings: Surroundings): Promise<readonly ReadMeter[]> {
  const found: ReadMeter[] = []
  for (const { kind, meter } of await findMeters(surroundings)) {
    const { name, scope, source } = meter
    const said = await meter.read(AbortSignal.timeout(TIMEOUT_MS)).then(
      ({ watts }) => ({ watts }),
      error => ({ watts: null, reason: messageOf(error) }),
    )
    found.push({ kind, name, scope, source, warnings: meter.warnings, ...said })
    await meter.close()
  }
  return found
}
