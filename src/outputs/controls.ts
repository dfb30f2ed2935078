import type { Drawing } from '../events/zones.js'

/** The targets that a client may move; null: none. */
export interface BudgetControl {
  /** False: full effort, whatever the targets. */
  readonly enabled: boolean
  readonly watts: number | null
  readonly millijoulesPerFrame: number | null
  readonly milliseconds: number | null
  readonly celsius: number | null
}

/** A camera's drawing, and where it comes from. */
export interface DrawingControl extends Drawing {
  /** `drawn` by a client instead of what is `configured`. */
  readonly source: 'configured' | 'drawn'
}

/**
 * What clients may change while the service runs: by HTTP, MQTT or on the page. Every change holds at once and is kept through
 * restarts; those that write reject with STATE_UNWRITABLE if it cannot be kept, and then nothing has changed.
 */
export interface Controls {
  /** Whether a camera's frames are looked at; its live picture comes either way. Throws CAMERA_UNKNOWN. */
  detection(camera: string): boolean
  setDetection(camera: string, enabled: boolean): Promise<void>
  budget(): BudgetControl
  /** What is left out stays. Rejects with REQUEST_INVALID. */
  setBudget(change: Partial<BudgetControl>): Promise<void>
  drawing(camera: string): DrawingControl
  setDrawing(camera: string, drawing: Drawing): Promise<void>
  /** Back to what is configured. */
  resetDrawing(camera: string): Promise<void>
  /** How the last reading of the configuration went. */
  configuration(): ConfigurationStatus
  /** Calls back after every change of anything above, and of the list of cameras, until `signal` aborts. */
  onChange(listener: () => void, signal: AbortSignal): void
}

export interface ConfigurationStatus {
  /** Of the configuration that is in force; null: there is no file. */
  readonly file: string | null
  /** ISO 8601. */
  readonly loadedAt: string
  /** What was wrong with the newest one, which is not in force; null: nothing. */
  readonly error: string | null
  /** Settings that have changed in the file and hold after a restart only. */
  readonly needRestart: readonly string[]
}
