import { arch, cpus } from 'node:os'
import type { Sysfs } from '../sysfs.js'

/** What this machine calls itself: the device tree's model on a board, else the processor's name. */
export async function boardName(sysfs: Sysfs): Promise<string> {
  const model = await sysfs.text('proc/device-tree/model')
  const [processor] = [...cpus().map(cpu => cpu.model.trim()), 'unknown processor']
  return model || `${processor} (${arch()})`
}
