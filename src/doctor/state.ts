import type { BoardState } from '../power/board/board-state.js'
import { boardName } from '../power/board/name.js'
import { createBoardReader } from '../power/board/state.js'
import { openVcgencmd } from '../power/vcgencmd.js'
import type { Surroundings } from './finding.js'

/** What the doctor tells of the board. */
export type State = BoardState & { readonly board: string }

/** Reads the state of the board once. Never rejects. */
export async function readState({ sysfs, path, signal }: Surroundings): Promise<State> {
  const firmware = openVcgencmd({ path })
  const askFirmware = () => firmware.ask(['get_throttled'])
  try {
    const reader = createBoardReader({ sysfs, path, signal, askFirmware })
    return { board: await boardName(sysfs), ...(await reader.read()) }
  } finally {
    await firmware.close()
  }
}
