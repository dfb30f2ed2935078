import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { COLUMNS } from '../../src/cascade/gate/blocks.js'
import { createGate } from '../../src/cascade/gate/gate.js'
import { THUMBNAIL_HEIGHT, THUMBNAIL_WIDTH } from '../../src/frame/thumbnail.js'
import { findTool } from '../../src/lib/child.js'
import { packageRoot } from '../../src/lib/package.js'
import { CELLS } from '../fixtures/luma.js'

const clip = join(packageRoot, '../shared/data/clips/carpark-320x240.mjpeg')
const missing = [
  ...(existsSync(clip) ? [] : [`${clip} is not there`]),
  ...((await findTool('ffmpeg')) ? [] : ['ffmpeg is not installed']),
].join(', ')

const FPS = 25
const FRAMES = 600
/** Rows of blocks that show sky, roofs and walls only, and the columns left of the tree that sways before them. */
const BUILDING_ROWS = 3
const BUILDING_COLUMNS = 17

t.test(
  'in a car park under clouds people wake the gate, sky and walls do not',
  { skip: missing || false },
  async t => {
    const filter = `scale=${THUMBNAIL_WIDTH}:${THUMBNAIL_HEIGHT}:flags=area,format=gray`
    const { stdout } = await promisify(execFile)(
      'ffmpeg',
      ['-v', 'error', '-i', clip, '-vf', filter, '-f', 'rawvideo', 'pipe:1'],
      { encoding: 'buffer', maxBuffer: 2 ** 27 },
    )
    t.equal(stdout.length, FRAMES * CELLS)
    const gate = createGate()
    let woken = 0
    let building = 0
    for (let i = 0; i < FRAMES; i++) {
      const luma = stdout.subarray(i * CELLS, (i + 1) * CELLS)
      const { motion, changed } = gate.read(luma, (i * 1000) / FPS)
      if (i < FPS) continue
      if (motion > 0) woken++
      const above = changed.subarray(0, BUILDING_ROWS * COLUMNS)
      if (above.some((block, at) => block === 1 && at % COLUMNS < BUILDING_COLUMNS)) building++
    }
    const watched = FRAMES - FPS
    t.comment(`people ${woken}, building ${building} of ${watched} frames`)
    t.ok(woken > watched * 0.95, `${woken} of ${watched}: somebody always walks there`)
    t.ok(building < watched * 0.02, `${building} of ${watched}`)
  },
)
