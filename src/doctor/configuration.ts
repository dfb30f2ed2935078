import { readPolicies } from '../cascade/policies.js'
import { loadConfig, parseConfig } from '../config/load.js'
import { messageOf } from '../lib/errors.js'
import { readCertificate } from '../service/certificate.js'
import type { Configuration, Finding, Surroundings } from './finding.js'

/** Reads what would be served. Never rejects. @param file undefined: the defaults */
export async function readConfiguration(file: string | undefined): Promise<Configuration> {
  try {
    return { file, config: await loadConfig(file, {}), refusal: undefined }
  } catch (error) {
    return { file, config: parseConfig({}, {}, 'defaults'), refusal: messageOf(error) }
  }
}

/** Would the configuration be taken? */
export async function checkConfiguration({ configuration }: Surroundings): Promise<Finding[]> {
  const { file, config, refusal } = configuration
  const base = { subject: 'configuration', essential: true }
  const mend = 'What may be written is told in docs/configuration.md.'
  if (refusal !== undefined) {
    const found = `${refusal}; the defaults were looked at instead`
    return [{ ...base, state: 'missing', found, mend }]
  }
  const { policies, policy } = config.cascade
  const ids = config.cameras.map(({ id }) => id)
  if (policies !== undefined) {
    const refused = await readPolicies(policies, ids, policy).then(() => undefined, messageOf)
    if (refused !== undefined) return [{ ...base, state: 'missing', found: refused, mend }]
  }
  const { tls } = config.server
  if (tls !== undefined) {
    const refused = await readCertificate(tls).then(() => undefined, messageOf)
    if (refused !== undefined) return [{ ...base, state: 'missing', found: refused, mend }]
  }
  const found = file === undefined ? 'none given: the defaults' : `${file} is in order`
  return [{ ...base, state: 'well', found }]
}
