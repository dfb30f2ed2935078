import type { Sysfs } from '../sysfs.js'
import type { BoardState } from './board-state.js'

/** null if the kernel does not tell both. */
export function readMemory(sysfs: Sysfs): BoardState['memory'] {
  const text = sysfs.textNow('proc/meminfo') ?? ''
  const totalBytes = bytesOf(/^MemTotal:\s+(\d+) kB$/m.exec(text))
  const availableBytes = bytesOf(/^MemAvailable:\s+(\d+) kB$/m.exec(text))
  if (totalBytes === undefined || availableBytes === undefined) return null
  return { totalBytes, availableBytes }
}

function bytesOf(match: RegExpExecArray | null): number | undefined {
  return match === null ? undefined : Number(match[1]) * 1024
}
