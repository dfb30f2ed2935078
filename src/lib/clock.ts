/** The only file that reads the clocks. Intervals use `monotonicMs`; `wallMs` is for labels that people read. */

/** Milliseconds on a clock that never jumps, with sub-millisecond resolution. `hrtime` and not `performance.now()`, whose zero differs from thread to thread. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

/** Milliseconds since 1970, as the system believes; may jump. */
export function wallMs(): number {
  return Date.now()
}

/** A wall-clock time as ISO 8601, in UTC. */
export function isoTime(wallMs: number): string {
  return new Date(wallMs).toISOString()
}

/** Milliseconds since 1970 of a time that is written as ISO 8601 or as HTTP writes it; NaN if it is neither. */
export function wallMsOf(text: string): number {
  return Date.parse(text)
}

/** Milliseconds of processor time that this process has taken so far, all its threads together; children not counted. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
