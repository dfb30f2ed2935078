/** Cameras and viewers that come and go leave nothing behind. Five hundred times: scripts/faults. */
import t, { type Test } from 'tap'
import { parseConfig } from '../../src/config/load.js'
import { createLog } from '../../src/lib/log.js'
import { startService } from '../../src/main.js'
import { cycleCameras, cycleViewers } from '../fixtures/cycles.js'
import { fakeTool } from '../fixtures/fake-tools.js'
import { type Held, heldAtRest } from '../fixtures/held.js'

/** Of memory for each turn: a frame of the demo has fourteen times as many. */
const SPARE_BYTES = 100_000

/** Kinds of what there is more of than before. */
const moreThan = (before: Held, { resources }: Held): string[] =>
  Object.keys(resources).filter(kind => resources[kind]! > (before.resources[kind] ?? 0))

async function nothingStays(t: Test, before: Held, turns: number): Promise<void> {
  let held = await heldAtRest()
  // the service has timers of some seconds of its own; what was left behind stays
  for (let looks = 1; looks < 6 && moreThan(before, held).length > 0; looks++)
    held = await heldAtRest()
  const { heapBytes, ...after } = held
  const { heapBytes: heapBefore, ...expected } = before
  t.same(moreThan(before, held), [], JSON.stringify([expected.resources, after.resources]))
  t.ok(after.descriptors <= expected.descriptors, `${after.descriptors} descriptors`)
  t.equal(after.children, expected.children)
  t.equal(after.exitListeners, expected.exitListeners)
  t.ok(heapBytes - heapBefore < turns * SPARE_BYTES, `${heapBytes - heapBefore} bytes more`)
}

t.test('thirty cameras, opened and closed', async t => {
  const tool = fakeTool(t.testdir(), 'rpicam-vid')
  await cycleCameras(tool, 6)
  const before = await heldAtRest()
  await cycleCameras(tool, 30)
  await nothingStays(t, before, 30)
})

t.test('thirty viewers of each kind', async t => {
  process.env.STATE_DIRECTORY = t.testdir()
  t.teardown(() => delete process.env.STATE_DIRECTORY)
  const config = parseConfig(
    { server: { port: 0 }, cameras: [{ id: 'demo', type: 'demo', fps: 20 }] },
    {},
    'test',
  )
  const service = await startService(config, createLog('error'))
  t.teardown(service.close)
  await cycleViewers(service.url, 'demo', 4)
  const before = await heldAtRest()
  await cycleViewers(service.url, 'demo', 30)
  await nothingStays(t, before, 30)
})
