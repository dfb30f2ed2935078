import type { Config } from '../config/schema.js'
import type { Scope } from '../power/energy.js'
import type { MeterKind } from '../power/meters/find.js'
import type { Surroundings as MeterSurroundings } from '../power/meters/meter.js'
import type { Sysfs } from '../power/sysfs.js'

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json }

/** One thing that was looked at. */
export interface Finding {
  /** One word: what it is about. */
  readonly subject: string
  readonly state: 'well' | 'notice' | 'missing'
  /** Without it the service cannot do what it is configured to do. */
  readonly essential: boolean
  readonly found: string
  /** A command; or a sentence, which ends with a full stop. */
  readonly mend?: string
  /** The same for programs, where there is more to say. */
  readonly details?: Json
}

/** A meter that was found, and what it says now. */
export interface ReadMeter {
  readonly kind: MeterKind
  readonly name: string
  readonly scope: Scope
  readonly source: string
  /** null: it does not answer. */
  readonly watts: number | null
  readonly warnings: readonly string[]
  /** Why it does not answer. */
  readonly reason?: string
}

/** What would be served. */
export interface Configuration {
  /** As it was named; undefined: none was. */
  readonly file: string | undefined
  /** The defaults, where the file is refused. */
  readonly config: Config
  /** Why the file is refused, or undefined. */
  readonly refusal: string | undefined
}

/** All that the checks look at; tests give them another machine. */
export interface Surroundings {
  /** Below its root lie the kernel's files, and also etc/, dev/ and run/. */
  readonly sysfs: Sysfs
  /** Where tools are, in the form of PATH. */
  readonly path: string
  /** Aborts when a check has taken too long. */
  readonly signal: AbortSignal
  readonly configuration: Configuration
  /** Version without "v", and what it was built for: x64, arm64 ... */
  readonly node: { readonly version: string; readonly arch: string }
  /** Who would serve. */
  readonly user: { readonly uid: number; readonly groups: readonly number[] }
  /** In the order in which the service chooses. Never called while anything else works, as that would be measured too. */
  readonly findMeters: (surroundings: MeterSurroundings) => Promise<readonly ReadMeter[]>
}

/** Looks at one subject. It may reject: that becomes a finding. */
export type Check = (surroundings: Surroundings) => Promise<Finding[]>
