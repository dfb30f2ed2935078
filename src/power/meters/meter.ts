import type { Scope } from '../energy.js'
import type { Sysfs } from '../sysfs.js'

/** One supply line that a meter sees. */
export interface Rail {
  readonly name: string
  readonly watts: number
}

export interface Reading {
  /** Of all that the meter sees, without counting anything twice. */
  readonly watts: number
  readonly rails: readonly Rail[]
  /** Monotonic milliseconds at which the answer was there. */
  readonly at: number
}

/** Something that tells watts. */
export interface Meter {
  /** As the configuration calls it: ina226, jetson, pmic, tegrastats, rapl, supply ... */
  readonly name: string
  readonly scope: Scope
  /** Relative, one standard deviation, common to all its readings: gain and shunt. */
  readonly accuracy: number
  /** Where it is read: a path or a command. */
  readonly source: string
  /** Milliseconds between two readings, where they are too costly for the usual rate. */
  readonly everyMs?: number
  /** What a user should know or mend, in whole sentences; empty if all is well. */
  readonly warnings: readonly string[]
  /** Rejects with METER_SILENT if there is no sensible answer; the next call may have one. Not called again before it settles. */
  read(signal: AbortSignal): Promise<Reading>
  /** Frees a helper process, if there is one. */
  close(): Promise<void>
}

/** A meter, and whether it answers. */
export interface MeterStatus
  extends Pick<Meter, 'name' | 'scope' | 'accuracy' | 'source' | 'warnings'> {
  readonly state: 'answering' | 'silent'
  /** The newest; null while silent. */
  readonly reading: Pick<Reading, 'watts' | 'rails'> | null
  /** Why it is silent, or null. */
  readonly reason: string | null
  /** What the meter has counted since the start. */
  readonly joules: number
}

/** What a meter is looked for in. */
export interface Surroundings {
  readonly sysfs: Sysfs
  /** Instead of PATH: where tools are. */
  readonly path?: string | undefined
  /** Names of the rails that make up the total, where the meter leaves it open; left out: all. */
  readonly rails?: readonly string[] | undefined
}

/** Finds one kind of meter; undefined if there is none that answers. Never rejects. */
export type Probe = (surroundings: Surroundings) => Promise<Meter | undefined>
