import type { PowerConfig } from '../config.js'
import { probeIna } from './ina.js'
import { probeJetson } from './jetson.js'
import type { Meter, Probe, Surroundings } from './meter.js'
import { probePmic } from './pmic.js'
import { probeRapl } from './rapl.js'
import { probeSupply } from './supply.js'
import { probeTegrastats } from './tegrastats.js'

/** As `power.meter` calls it. */
export type MeterKind = Exclude<PowerConfig['meter'], 'auto' | 'off'>

/**
 * Every kind of meter, the one that tells most first: one that somebody has wired to the supply, then what the board has of its
 * own, then what sees only the chip, then a battery, which tells nothing while it charges.
 */
const PROBES: readonly (readonly [MeterKind, Probe])[] = [
  ['ina', probeIna],
  ['jetson', probeJetson],
  ['pmic', probePmic],
  ['tegrastats', probeTegrastats],
  ['rapl', probeRapl],
  ['supply', probeSupply],
]

/** The first meter of such a kind that is there; undefined if none is, or none is wanted. Never rejects. */
export async function findMeter(
  kind: PowerConfig['meter'],
  surroundings: Surroundings,
): Promise<Meter | undefined> {
  if (kind === 'off') return undefined
  for (const [name, probe] of PROBES) {
    if (kind !== 'auto' && kind !== name) continue
    const meter = await probe(surroundings)
    if (meter !== undefined) return meter
  }
  return undefined
}

export interface FoundMeter {
  readonly kind: MeterKind
  readonly meter: Meter
}

/** All meters that are there, in the order in which one would be chosen. Never rejects. */
export async function findMeters(surroundings: Surroundings): Promise<readonly FoundMeter[]> {
  const found: FoundMeter[] = []
  for (const [kind, probe] of PROBES) {
    const meter = await probe(surroundings)
    if (meter !== undefined) found.push({ kind, meter })
  }
  return found
}
