import { createBudget } from '../cascade/budget.js'
import type { Detection, Stage, StageTimings } from '../cascade/detection.js'
import { createGate } from '../cascade/gate/gate.js'
import { bandOf, floorOf, type Policy } from '../cascade/policy.js'
import type { Opened } from '../cascade/stages.js'
import { createWatcher } from '../cascade/watch.js'
import type { Model } from '../cascade/zoo.js'
import { THUMBNAIL_HEIGHT, THUMBNAIL_WIDTH } from '../frame/thumbnail.js'
import type { Attribution } from '../power/energy.js'

/** Ways of looking at a camera's frames, the plainest first. */
export const CONTENDERS = [
  'expert-only',
  'scout-only',
  'sparse-expert',
  'motion+expert',
  'cascade',
  'cascade+budget',
] as const

export type ContenderName = (typeof CONTENDERS)[number]

/** What a contender says of one frame. */
export interface Answer {
  readonly shown: readonly Detection[]
  readonly stage: Stage
  readonly reason: string
  readonly timings: StageTimings
}

/** Looks at the frames of one clip, in order. */
export interface Contender {
  readonly name: ContenderName
  look(open: () => Promise<Opened>, atMs: number): Promise<Answer>
}

export interface ContenderOptions {
  readonly scout: Model
  readonly expert: Model
  readonly policy: Policy
  readonly energy: Pick<Attribution, 'attribute'>
  /** Mean millijoules per frame that `cascade+budget` must keep. */
  readonly budgetMillijoules: number
  /** `sparse-expert` looks at every so manieth frame. */
  readonly sparse: number
}

const NO_WORK: StageTimings = { decode: 0, gate: 0, scout: 0, expert: 0 }

export function createContender(name: ContenderName, options: ContenderOptions): Contender {
  const { scout, expert } = options
  switch (name) {
    case 'expert-only':
      return { name, look: async open => one(await open(), expert) }
    case 'scout-only':
      return { name, look: async open => one(await open(), scout) }
    case 'sparse-expert':
      return sparseExpert(options)
    case 'motion+expert':
      return motionAndExpert(options)
    case 'cascade':
    case 'cascade+budget':
      return cascade(name, options)
  }
}

/** All that a model would report of a picture, whatever came before. */
async function one(picture: Opened, { role, thresholds }: Model): Promise<Answer> {
  const floor = floorOf(thresholds)
  const seen =
    role === 'scout' ? await picture.scout(floor) : (await picture.expert(floor)).detections
  const shown = seen.filter(({ label, score }) => score >= bandOf(thresholds, label, 1).high)
  return { shown, stage: role, reason: 'always', timings: picture.timings() }
}

/** The rule of Frigate and Viseron, with our gate: the expert looks while anything moves, and its last word holds meanwhile. */
function motionAndExpert({ expert }: ContenderOptions): Contender {
  const gate = createGate()
  const luma = new Uint8Array(THUMBNAIL_WIDTH * THUMBNAIL_HEIGHT)
  let last: Answer | undefined
  return {
    name: 'motion+expert',
    async look(open, atMs) {
      const picture = await open()
      await picture.thumbnail(luma)
      const { motion } = picture.gate(() => gate.read(luma, atMs))
      if (last !== undefined && motion === 0) {
        return { ...last, stage: 'gate', reason: 'unchanged', timings: picture.timings() }
      }
      last = { ...(await one(picture, expert)), reason: 'motion' }
      return last
    },
  }
}

/** Nothing clever: the expert looks at every so manieth frame. */
function sparseExpert({ expert, sparse }: ContenderOptions): Contender {
  let last: Answer | undefined
  let frame = 0
  return {
    name: 'sparse-expert',
    async look(open) {
      if (frame++ % sparse !== 0 && last !== undefined) {
        return { ...last, stage: 'gate', reason: 'skipped', timings: NO_WORK }
      }
      last = await one(await open(), expert)
      return last
    },
  }
}

function cascade(name: 'cascade' | 'cascade+budget', options: ContenderOptions): Contender {
  const { energy, budgetMillijoules } = options
  const watch = createWatcher(options)
  // without a target the effort is always full
  const targets = name === 'cascade' ? {} : { millijoulesPerFrame: budgetMillijoules }
  const budget = createBudget({ minFps: 1, ...targets })
  return {
    name,
    async look(open, capturedAt) {
      const { effort } = budget.state()
      const { detections, exit, timingsMs } = await watch({ open, capturedAt, effort })
      const { decode, gate, scout, expert } = timingsMs
      budget.observe({
        atMs: capturedAt,
        millijoules: energy.attribute(timingsMs).total,
        milliseconds: decode + gate + scout + expert,
        watts: 0,
        celsius: null,
        throttled: false,
      })
      return { shown: detections, stage: exit.stage, reason: exit.reason, timings: timingsMs }
    },
  }
}
