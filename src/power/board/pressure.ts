import type { Sysfs } from '../sysfs.js'
import type { BoardState } from './board-state.js'
import { createRenewed, FIND_MS } from './renewed.js'

const FOLDER = 'proc/pressure'

export interface Pressure {
  /** null without PSI: Raspberry Pi OS has it only with psi=1 on the kernel's command line. Never rejects. */
  read(): Promise<BoardState['pressure']>
}

export function createPressure(sysfs: Sysfs, findMs = FIND_MS): Pressure {
  const tells = createRenewed(
    async () => shareOf(await sysfs.text(FOLDER, 'cpu')) !== undefined,
    findMs,
  )

  return {
    async read() {
      if (!(await tells.get())) return null
      const [cpu, memory, io] = ['cpu', 'memory', 'io'].map(what =>
        shareOf(sysfs.textNow(FOLDER, what)),
      )
      if (cpu !== undefined && memory !== undefined && io !== undefined) return { cpu, memory, io }
      tells.expire()
      return null
    },
  }
}

/** Of the last ten seconds: "some avg10=0.12 avg60=2.28 ..." is 0.0012. */
function shareOf(text = ''): number | undefined {
  const [, percent] = /^some avg10=(\d+(?:\.\d+)?) /.exec(text) ?? []
  return percent === undefined ? undefined : Number(percent) / 100
}
