const NONE = '–'

/** Milliseconds or millijoules: three digits at most that matter. */
export function amount(value: number | null | undefined): string {
  if (value === null || value === undefined) return NONE
  const size = Math.abs(value)
  return value.toFixed(size < 0.995 ? 2 : size < 99.95 ? 1 : 0)
}

/** An amount of a stage, where 0 says that it did not run. */
export function stageAmount(value: number | null | undefined): string {
  return value === 0 ? NONE : amount(value)
}

export function watts(value: number | null | undefined): string {
  if (value === null || value === undefined) return NONE
  return `${value.toFixed(value < 10 ? 2 : 1)} W`
}

export function percent(share: number | null | undefined): string {
  if (share === null || share === undefined) return NONE
  const value = share * 100
  // An expert that runs on 0.4 % of all frames does run: "0 %" would deny it.
  return `${value > 0 && value < 1 ? value.toFixed(1) : Math.round(value)} %`
}

export function rate(value: number | null | undefined): string {
  return value === null || value === undefined ? NONE : value.toFixed(value < 99.95 ? 1 : 0)
}

export function count(value: number | null | undefined): string {
  return value === null || value === undefined ? NONE : value.toLocaleString('en')
}

/** "0.1 s", "12 s", "5 min", "3 h 12 min", "4 d 3 h". */
export function duration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return NONE
  const seconds = Math.max(0, ms) / 1000
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  if (seconds < 59.5) return `${Math.round(seconds)} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return `${hours} h ${minutes % 60} min`
  return `${Math.floor(hours / 24)} d ${hours % 24} h`
}

export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`
}

/** "91–98 %". */
export function percentRange(low: number, high: number): string {
  return `${Math.round(low * 100)}–${Math.round(high * 100)} %`
}

/** "14:03:09", by the clock on this wall. */
export function timeOfDay(wallMs: number): string {
  return new Date(wallMs).toTimeString().slice(0, 8)
}

/** "×12"; nothing for once. */
export function times(n: number): string {
  return n > 1 ? `×${count(n)}` : ''
}
