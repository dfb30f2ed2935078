import { readFile } from 'node:fs/promises'
import { samplePhotos } from '../camera/demo.js'
import type { Cascade } from '../cascade/cascade.js'
import type { StageTimings } from '../cascade/detection.js'
import { FULL_EFFORT } from '../cascade/effort.js'
import { monotonicMs } from '../lib/clock.js'
import { sleep } from '../lib/sleep.js'
import type { Phase } from '../power/attribution/calibration.js'

/** One piece of a phase's work; what it kept the stages busy with. */
export type Work = () => Promise<StageTimings>

const NOTHING: StageTimings = { decode: 0, gate: 0, scout: 0, expert: 0 }
/** Pixels: unpacking the wide one takes far longer than looking at it; the narrow ones are what the networks see. */
const WIDE = 2560
const CAMERA = 640
const EXPERT = 480
const SCOUT = 320
const QUALITY = 85
/** Milliseconds of one piece of idling, or of work that belongs to no stage; short enough that a meter is read meanwhile. */
const IDLE_MS = 100
const SPIN_MS = 20
/** Between two frames, as a camera gives them that the gate reads all of. */
const FRAME_MS = 100

/** What keeps each of the sources busy in turn. The cascade's policy must not ask for a full look meanwhile. */
export async function openWorkloads(
  cascade: Pick<Cascade, 'watch' | 'detect' | 'encode' | 'unpack'>,
  signal: AbortSignal,
): Promise<Readonly<Record<Phase, Work>>> {
  const photo = await readFile(samplePhotos()[0]!)
  const picture = await cascade.unpack(photo, CAMERA)
  const jpeg = async (width: number) =>
    cascade.encode(await cascade.unpack(photo, width), width, QUALITY)
  const [wide, expert, scout] = [await jpeg(WIDE), await jpeg(EXPERT), await jpeg(SCOUT)]
  const look = async (data: Uint8Array, depth: 'scout' | 'expert') =>
    (await cascade.detect(data, { depth })).timingsMs
  let id = 0

  return {
    async idle() {
      await sleep(IDLE_MS, signal)
      return NOTHING
    },
    decode: () => look(wide, 'scout'),
    async gate() {
      id++
      const times = { capturedAt: id * FRAME_MS, capturedWallMs: id * FRAME_MS }
      const frame = { camera: 'calibration', id, ...times, picture }
      return (await cascade.watch(frame, FULL_EFFORT)).timingsMs
    },
    scout: () => look(scout, 'scout'),
    expert: () => look(expert, 'expert'),
    async other() {
      for (const end = monotonicMs() + SPIN_MS; monotonicMs() < end; );
      await new Promise(resolve => setImmediate(resolve))
      signal.throwIfAborted()
      return NOTHING
    },
  }
}
