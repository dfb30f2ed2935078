/** Reads a fixture board's meter and state at the default rate for so many seconds: what scripts/bench/sampling measures. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { powerSchema } from '../../src/power/config.js'
import { openPower } from '../../src/power/power.js'
import { plantTree } from '../../test/fixtures/board.js'

const [board = '', seconds = ''] = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'squint-sampling-'))
const { root, path } = await plantTree(folder, board)
const power = await openPower({
  config: powerSchema.parse({ calibration: join(root, 'none.json') }),
  networks: { scout: { name: 'scout' }, expert: { name: 'expert' } },
  threads: 1,
  root,
  path,
  log: {
    info(fields: object, meaning: string) {
      if (meaning !== 'the meter answers') throw new Error(`${meaning}: ${JSON.stringify(fields)}`)
    },
  },
})
power.start({ onReading() {}, aboveIdle: () => 0 })
await new Promise(resolve => setTimeout(resolve, Number(seconds) * 1000))
await power.close()
rmSync(folder, { recursive: true })
