import type { Sysfs } from '../sysfs.js'

/** USER_HZ of every Linux that Node runs on. */
const TICKS_PER_SECOND = 100

/**
 * Seconds that all processors together have been busy since boot, in steps of 10 ms; 0 where the kernel does not tell. Waiting
 * for disks and time taken by a hypervisor are not work; what guests do is in user already (proc_stat(5)).
 */
export function readBusySeconds(sysfs: Sysfs): number {
  const [, line = ''] = /^cpu +(.*)$/m.exec(sysfs.textNow('proc/stat') ?? '') ?? []
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = line.split(' ').map(Number)
  return (user + nice + system + irq + softirq) / TICKS_PER_SECOND
}
