import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openMaterial } from '../../src/bench/material.js'
import { openWorkbench } from '../../src/bench/workbench.js'
import { FULL_EFFORT } from '../../src/cascade/effort.js'
import { createWatcher } from '../../src/cascade/watch.js'
import { configSchema } from '../../src/config/schema.js'
import { createPlacing } from '../../src/events/place.js'
import { findTool } from '../../src/lib/child.js'
import { packageRoot } from '../../src/lib/package.js'
import { observedCamera, seenFrame, WALL } from '../fixtures/observed.js'

const clip = join(packageRoot, '../shared/data/clips/one-by-one-person-detection.mp4')
const missing = [
  ...(existsSync(clip) ? [] : [`${clip} is not there`]),
  ...((await findTool('ffmpeg')) ? [] : ['ffmpeg is not installed']),
].join(', ')

/** Of ten per second: two people come in, stand for ten seconds and more, and leave, one after the other. */
const FRAMES = 500

t.test(
  'people who come one by one are one event each, stationary while they stand',
  { skip: missing || false, timeout: 60_000 },
  async t => {
    const bench = await openWorkbench(configSchema.parse({}))
    t.teardown(bench.close)
    const material = await openMaterial(clip)
    if (material.kind !== 'clip') throw new Error('expected a clip')
    const watch = createWatcher(bench)
    const placing = createPlacing({ zones: [], masks: [] })
    const { observe, end, changes, broken } = observedCamera({ stationarySeconds: 5 })
    let frame = 0
    for await (const picture of material.frames()) {
      const atMs = (frame * 1000) / material.fps
      const open = () => bench.open(picture)
      const look = await watch({ open, capturedAt: atMs, effort: FULL_EFFORT })
      const { exit, width, height } = look
      const detections = placing.place(look.detections, atMs)
      observe(seenFrame(atMs, detections, { frameId: frame, exit, width, height }))
      if (++frame === FRAMES) break
    }
    const atMs = (FRAMES * 1000) / material.fps
    end('off', { atMs, wallMs: WALL + atMs })
    const ends = changes.filter(({ type }) => type === 'end').map(({ event }) => event)
    t.match(
      ends,
      [1, 2].map(() => ({ label: 'person', endedBy: 'gone', moves: 1 })),
    )
    t.equal(ends.length, 2)
    for (const { id } of ends) {
      const own = changes.filter(({ event }) => event.id === id)
      const resting = own.filter(({ event }) => event.stationary)
      t.ok(resting.length > 0, 'stood')
      t.ok(own.length < 12, `${own.length} changes in some fifteen seconds`)
    }
    t.same(broken, [])
  },
)
