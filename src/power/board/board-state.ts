/** What the Raspberry Pi's firmware says of its supply and its clock; null: this board cannot tell. */
export interface FirmwareFlags {
  readonly underVoltage: boolean | null
  readonly frequencyCapped: boolean
  readonly throttled: boolean
  readonly softTemperatureLimit: boolean
}

/** One group of processors that share a clock. */
export interface CpuClock {
  /** As the kernel calls it: policy0. */
  readonly name: string
  readonly governor: string | null
  readonly hertz: number | null
  readonly maxHertz: number | null
}

/** A Jetson's counter of moments at which the supply could not keep up. */
export interface OverCurrent {
  /** oc1, oc2, oc3 ... What each means differs between Xavier and Orin. */
  readonly name: string
  readonly meaning: 'under-voltage' | 'average over-current' | 'instantaneous over-current' | null
  /** Since boot, and since squint has started. */
  readonly events: number
  readonly eventsSinceStart: number
}

/** How the board fares; null wherever it cannot tell. */
export interface BoardState {
  /** Of the hottest sensor on the chip. */
  readonly celsius: number | null
  /** The processor is being slowed down now because of heat or supply. */
  readonly throttled: boolean | null
  /** The supply is too low now, and has been since boot or since squint has started. */
  readonly underVoltage: { readonly now: boolean | null; readonly ever: boolean | null }
  /** Raspberry Pi: now, and since boot or since squint has started. */
  readonly firmware: { readonly now: FirmwareFlags; readonly ever: FirmwareFlags } | null
  readonly clocks: readonly CpuClock[]
  readonly overCurrent: readonly OverCurrent[]
  /** Jetson's nvpmodel: 15W, MAXN ... */
  readonly powerMode: string | null
  /** Share of its time (0..1) in which it works, and its clock. */
  readonly gpu: { readonly load: number | null; readonly hertz: number | null } | null
  /** Share of the last ten seconds (0..1) in which something waited for it; null without PSI. */
  readonly pressure: { readonly cpu: number; readonly memory: number; readonly io: number } | null
  readonly memory: { readonly totalBytes: number; readonly availableBytes: number } | null
}
