import type { Detection, Stage } from '../cascade/detection.js'
import type { Open } from '../cascade/stages.js'
import { cpuMs, monotonicMs } from '../lib/clock.js'
import { located } from '../lib/errors.js'
import type { Attribution } from '../power/energy.js'
import { type ContenderName, type ContenderOptions, createContender } from './contenders.js'
import { type EventScore, scoreEvents } from './event-score.js'
import { findEvents } from './events.js'
import type { Clip } from './material.js'

/** What one contender did in one run over a clip. */
export interface ContenderRun {
  readonly name: ContenderName
  readonly frames: number
  /** Processor milliseconds per frame, all threads; a clip's unpacking from H.264 not counted. */
  readonly cpuMs: number
  /** Wall milliseconds of each frame's work. */
  readonly latencyMs: readonly number[]
  /** Millijoules of each frame, above idle. */
  readonly millijoules: readonly number[]
  /** Frames per stage, and per stage and reason. */
  readonly exits: Readonly<Record<Stage, number>>
  readonly reasons: Readonly<Record<string, number>>
  readonly score: EventScore
}

export interface ClipRunOptions {
  readonly clip: Clip
  readonly names: readonly ContenderName[]
  /** The clip is shown so often, one after the other. */
  readonly loops: number
  readonly open: Open
  readonly energy: Pick<Attribution, 'attribute'>
  readonly contenders: ContenderOptions
  onFrame(): void
}

/** Mutable while a run goes on. */
interface Tally {
  cpu: number
  readonly latencyMs: number[]
  readonly millijoules: number[]
  readonly shown: (readonly Detection[])[]
  readonly exits: Record<Stage, number>
  readonly reasons: Record<string, number>
}

/**
 * One run: every frame is looked at by all contenders, one after the other, in an order that turns with each frame, so that
 * whatever slows the machine down for a while slows all of them down. The expert is always among them: its word is the reference.
 */
export async function runClip(options: ClipRunOptions): Promise<ContenderRun[]> {
  const { clip, loops, open, energy, onFrame } = options
  const names = [...new Set<ContenderName>(['expert-only', ...options.names])]
  const contenders = names.map(name => createContender(name, options.contenders))
  const tallies = names.map(newTally)
  let frame = 0
  for (let loop = 0; loop < loops; loop++) {
    for await (const picture of clip.frames()) {
      for (let turn = 0; turn < contenders.length; turn++) {
        const which = (frame + turn) % contenders.length
        const tally = tallies[which]!
        const cpuStart = cpuMs()
        const start = monotonicMs()
        const look = contenders[which]!.look(() => open(picture), (frame * 1000) / clip.fps)
        const answer = await located(`frame ${frame}`, look)
        tally.latencyMs.push(monotonicMs() - start)
        tally.cpu += cpuMs() - cpuStart
        tally.millijoules.push(energy.attribute(answer.timings).total)
        tally.shown.push(answer.shown)
        tally.exits[answer.stage]++
        const key = `${answer.stage}/${answer.reason}`
        tally.reasons[key] = (tally.reasons[key] ?? 0) + 1
      }
      frame++
      onFrame()
    }
  }
  const reference = tallies[0]!.shown
  const events = findEvents(reference, clip.fps, { startScore: 0, keepScore: 0 })
  return names.map((name, i) => {
    const { cpu, shown, ...rest } = tallies[i]!
    const score = scoreEvents(events, { shown, reference, fps: clip.fps })
    return { name, frames: frame, cpuMs: cpu / frame, score, ...rest }
  })
}

function newTally(): Tally {
  return {
    cpu: 0,
    latencyMs: [],
    millijoules: [],
    shown: [],
    exits: { gate: 0, scout: 0, expert: 0 },
    reasons: {},
  }
}
