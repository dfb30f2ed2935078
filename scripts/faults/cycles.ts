import { parseConfig } from '../../src/config/load.js'
import { createLog } from '../../src/lib/log.js'
import { startService } from '../../src/main.js'
import { cycleCameras, cycleViewers } from '../../test/fixtures/cycles.js'
import { fakeTool } from '../../test/fixtures/fake-tools.js'
import { type Held, heldAtRest } from '../../test/fixtures/held.js'
import { openScope } from '../../test/fixtures/scope.js'
import type { Row } from './row.js'

/** Of memory for each turn: a frame of the demo has three hundred times as many. */
const SPARE_BYTES = 4000
// until what is called now and then is compiled too
const WARM_UP = 100

/** Cameras and viewers that come and go, so many times: what do they leave behind? */
export async function tryCycles(turns: number, tell: (row: Row) => void): Promise<void> {
  const scope = openScope()
  try {
    const tool = fakeTool(scope.testdir(), 'rpicam-vid')
    await compare('cameras', count => cycleCameras(tool, count))
    process.env.STATE_DIRECTORY = scope.testdir()
    const cameras = [{ id: 'demo', type: 'demo', fps: 20 }]
    const config = parseConfig({ server: { port: 0 }, cameras }, {}, 'faults')
    const service = await startService(config, createLog('error'))
    scope.teardown(service.close)
    await compare('viewers', count => cycleViewers(service.url, 'demo', count))
  } finally {
    await scope.end()
  }

  async function compare(name: string, cycle: (count: number) => Promise<void>): Promise<void> {
    await cycle(WARM_UP)
    const before = await heldAtRest()
    await cycle(turns)
    const after = await heldAtRest()
    tell({ kind: 'cycles', name, turns, before, after, fine: isNoMore(before, after, turns) })
  }
}

function isNoMore(before: Held, after: Held, turns: number): boolean {
  const kinds = Object.entries(after.resources)
  return (
    kinds.every(([kind, count]) => count <= (before.resources[kind] ?? 0)) &&
    after.descriptors <= before.descriptors &&
    after.children === before.children &&
    after.exitListeners === before.exitListeners &&
    after.heapBytes - before.heapBytes < turns * SPARE_BYTES
  )
}
