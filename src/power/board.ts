import { readFile } from 'node:fs/promises'
import { arch, cpus } from 'node:os'

/** The only file that reads the kernel's descriptions of the hardware. */
const DEVICE_TREE_MODEL = '/proc/device-tree/model'

/** What this machine calls itself: the device tree's model on a board, else the processor's name. */
export async function boardName(path = DEVICE_TREE_MODEL): Promise<string> {
  const model = await readFile(path, 'utf8').catch(() => '')
  // the device tree ends its strings with NUL
  const [processor] = [...cpus().map(cpu => cpu.model.trim()), 'unknown processor']
  return model.replaceAll('\0', '').trim() || `${processor} (${arch()})`
}
