import type { Detection, Look } from '../cascade/detection.js'
import { createLooker } from '../cascade/look.js'
import type { Policy } from '../cascade/policy.js'
import type { Open, Opened } from '../cascade/stages.js'
import type { Model } from '../cascade/zoo.js'
import { cpuMs } from '../lib/clock.js'
import { located } from '../lib/errors.js'
import type { Attribution } from '../power/energy.js'
import type { Album } from './material.js'

/** Below it, scores are noise; precision wants all above (the lab's evaluate.py). */
const MIN_SCORE = 0.02

/** Ways of looking at a single picture: one model, or the cascade that never or always asks the expert. */
export const WAYS = ['scout-only', 'expert-only', 'never-ask', 'always-ask'] as const
export type Way = (typeof WAYS)[number]

/** What one way made of one picture. */
export interface PictureLook {
  readonly detections: readonly Detection[]
  /** Processor milliseconds, all threads. */
  readonly cpuMs: number
  readonly millijoules: number
}

/** One picture, looked at in all ways. */
export interface PictureRun {
  readonly file: string
  /** How much the scout leaves open (see `doubtOf`). */
  readonly doubt: number
  readonly looks: Readonly<Record<Way, PictureLook>>
}

export interface AlbumRunOptions {
  readonly album: Album
  readonly scout: Model
  readonly policy: Policy
  readonly open: Open
  readonly energy: Pick<Attribution, 'attribute'>
  onPicture(): void
}

/** One run: each picture in all ways, one after the other, in an order that turns from picture to picture. */
export async function runAlbum(options: AlbumRunOptions): Promise<PictureRun[]> {
  const { album, scout, policy, open, energy, onPicture } = options
  const looker = (changes: Partial<Policy>) =>
    createLooker({ scout, policy: { ...policy, ...changes } })
  const never = looker({ doubtLimit: Number.POSITIVE_INFINITY })
  const always = looker({ doubtLimit: -1 })
  const ways: Record<Way, (picture: Opened) => Promise<Look>> = {
    'scout-only': picture => never(picture, { depth: 'scout', minScore: MIN_SCORE }),
    'expert-only': picture => never(picture, { depth: 'expert', minScore: MIN_SCORE }),
    'never-ask': picture => never(picture, { depth: 'auto', minScore: MIN_SCORE }),
    'always-ask': picture => always(picture, { depth: 'auto', minScore: MIN_SCORE }),
  }
  const runs: PictureRun[] = []
  for (const [index, file] of album.files.entries()) {
    const data = await album.read(file)
    const looks: Partial<Record<Way, PictureLook>> = {}
    let doubt = 0
    for (let turn = 0; turn < WAYS.length; turn++) {
      const way = WAYS[(index + turn) % WAYS.length]!
      const start = cpuMs()
      const look = await located(file, open(data).then(ways[way]))
      const { detections, timingsMs, exit } = look
      const millijoules = energy.attribute(timingsMs).total
      looks[way] = { detections, cpuMs: cpuMs() - start, millijoules }
      if (way === 'never-ask') doubt = exit.grounds.doubt!
    }
    runs.push({ file, doubt, looks: looks as Record<Way, PictureLook> })
    onPicture()
  }
  return runs
}
