import { type Box, iou } from '../../lib/box.js'
import type { Detection, Tracked } from '../detection.js'
import { looksTheSame } from './appearance.js'
import { associate } from './associate.js'
import { createObject, type SceneObject, see, toTracked } from './object.js'

/** A moving object that nobody sees any more is shown for so long where it would be, and keeps its identity for longer. */
const COAST_MS = 1000
const FORGET_MS = 3000
/** Looks in a row of the one who vouches that must miss an object which still looks the same before it is gone: experts blink. */
const BLINKS = 3
/** What the expert has seen stays seen down to this share of its threshold. */
const HYSTERESIS = 0.7
/** What the expert sees this far above its threshold it need not see twice. */
const MARGIN = 0.15
/** Of its own size per second: what is slower shifts from foot to foot. */
const SETTLED = 0.25
/** A refuted candidate is a question again once its score has risen by so much. */
const RISE = 0.15
/** Overlap from which another class in the same place is the same thing by another name. */
const SAME_PLACE = 0.5
/** More things than anybody looks at; the longest unseen go first. */
const MAX_OBJECTS = 128

/**
 * What a candidate of the scout is, given what is known of the scene. `known`: an object that was there before. `refuted`: the
 * expert has said no. `new`: certain, and not there before. `ambiguous`: neither certain nor absent, and nobody has settled it.
 */
export type Meaning = 'known' | 'refuted' | 'new' | 'ambiguous'

export interface Weighed {
  readonly candidate: Detection
  readonly meaning: Meaning
  readonly object: SceneObject | undefined
}

export interface Weighing {
  readonly candidates: readonly Weighed[]
  /** Objects that should be seen, are not, and do not look as before. */
  readonly lost: readonly SceneObject[]
}

/** What is known of one camera's scene: which things are there, who says so, and where they are by now. */
export interface Scene {
  /** Time passes. @param still nothing has changed, so that nothing has moved */
  advance(atMs: number, still: boolean): void
  /** True while nothing that is there leaves its place. */
  settled(): boolean
  /** True while something is there that the expert has seen but once, and barely. */
  unsure(): boolean
  /** True if something that is there does not look as it did when a network saw it last. @param luma [96, 160] uint8 */
  altered(luma: Uint8Array): boolean
  /** Boxes of all that would explain motion. */
  explaining(): Box[]
  /**
   * Says what the scout's candidates mean; changes nothing.
   * @param candidates from `low` up
   * @param isCertain if a candidate's score alone settles it
   * @param luma [96, 160] uint8
   */
  weigh<D extends Detection>(
    candidates: readonly D[],
    isCertain: (candidate: D) => boolean,
    luma: Uint8Array,
    atMs: number,
  ): Weighing
  /** The scout's word is final for this frame. */
  trustScout(weighing: Weighing, luma: Uint8Array, atMs: number): void
  /**
   * The expert has looked at the whole frame.
   * @param seen from the expert's `low` up
   * @param highOf the score from which an object of this label is there
   * @param asked the scout's candidates of this frame, to be refuted where the expert sees nothing
   */
  trustExpert(
    seen: readonly Detection[],
    highOf: (label: string) => number,
    asked: Weighing | undefined,
    luma: Uint8Array,
    atMs: number,
  ): void
  /** What is there, best first. */
  shown(): Tracked[]
}

export function createScene(): Scene {
  let objects: SceneObject[] = []
  let lastTrackId = 0
  let lastMs: number | undefined

  function advance(atMs: number, still: boolean): void {
    const seconds = lastMs === undefined ? 0 : Math.max(0, atMs - lastMs) / 1000
    lastMs = atMs
    for (const object of objects) {
      if (still) {
        object.filter.stop()
        if (object.standing === 'there') object.seenAt = atMs
      } else {
        // where something went that nobody has seen for long is a guess
        if (atMs - object.seenAt > COAST_MS) object.filter.stop()
        object.filter.predict(seconds)
      }
    }
    objects = objects.filter(object => stays(object, atMs))
  }

  function weigh<D extends Detection>(
    candidates: readonly D[],
    isCertain: (candidate: D) => boolean,
    luma: Uint8Array,
    atMs: number,
  ): Weighing {
    // the expert's no holds where the place looks as it did, or for something that it saw a moment ago
    const valid = objects.filter(
      object =>
        object.standing !== 'refuted' ||
        recent(object, atMs) ||
        looksTheSame(luma, object.appearance),
    )
    const objectOf = associate(candidates, valid)
    // first who is called by its own name, so that a rider does not pass for the bicycle
    const found = new Set(valid.filter((_, i) => objectOf.includes(i)))
    const weighed = candidates.map((candidate, i): Weighed => {
      const named = valid[objectOf[i]!]
      const object =
        named === undefined || named.standing === 'refuted'
          ? (sameByAnotherName(candidate, found) ?? named)
          : named
      if (object !== undefined) found.add(object)
      return { candidate, meaning: meaningOf(candidate, isCertain(candidate), object), object }
    })
    const lost = objects.filter(
      object =>
        object.standing === 'there' &&
        !found.has(object) &&
        !looksTheSame(luma, object.appearance) &&
        inFrame(object.box),
    )
    return { candidates: weighed, lost }
  }

  function sameByAnotherName({ box }: Detection, found: Set<SceneObject>) {
    return objects.find(
      object =>
        object.standing === 'there' &&
        object.by === 'expert' &&
        !found.has(object) &&
        iou(object.box, box) > SAME_PLACE,
    )
  }

  function trustScout({ candidates, lost }: Weighing, luma: Uint8Array, atMs: number): void {
    const seen = new Set<SceneObject>()
    for (const { candidate, meaning, object } of candidates) {
      if (object !== undefined && meaning !== 'ambiguous') {
        see(object, candidate, luma, atMs)
        seen.add(object)
        if (meaning === 'new') Object.assign(object, { standing: 'there', by: 'scout' })
      } else if (meaning === 'new') objects.push(createObject(candidate, 'scout', luma, atMs))
    }
    for (const object of lost) {
      object.missed++
      // who was only seen by the scout is gone when the scout says so; the expert's word lasts for a while
      if (object.by === 'scout' ? object.missed >= 2 : atMs - object.seenAt > COAST_MS)
        object.standing = 'hidden'
    }
    const missing = new Set(lost)
    for (const object of objects) {
      if (object.standing === 'there' && !seen.has(object) && !missing.has(object)) {
        object.seenAt = atMs
        object.filter.stop()
      }
    }
    makeRoom()
  }

  function trustExpert(
    seen: readonly Detection[],
    highOf: (label: string) => number,
    asked: Weighing | undefined,
    luma: Uint8Array,
    atMs: number,
  ): void {
    const objectOf = associate(seen, objects)
    const confirmed = new Set<SceneObject>()
    seen.forEach((detection, i) => {
      const object = objects[objectOf[i]!]
      const known = object !== undefined && object.standing !== 'refuted'
      const high = highOf(detection.label)
      if (detection.score < (known && object.sure ? high * HYSTERESIS : high)) return
      const there = object ?? createObject(detection, 'expert', luma, atMs)
      if (object === undefined) objects.push(there)
      else see(there, detection, luma, atMs)
      const sure = known || detection.score >= high + MARGIN
      Object.assign(there, { standing: 'there', by: 'expert', score: detection.score, sure })
      confirmed.add(there)
    })
    for (const object of objects) {
      if (object.standing !== 'there' || confirmed.has(object)) continue
      object.missed++
      const same = looksTheSame(luma, object.appearance)
      if (same) object.filter.stop()
      if (!same || !object.sure || object.missed >= BLINKS) object.standing = 'hidden'
      else object.seenAt = atMs
    }
    const there = seen.filter(({ label, score }) => score >= highOf(label))
    for (const { candidate, object } of unanswered(asked?.candidates ?? [], there)) {
      if (object === undefined || !confirmed.has(object)) refute(candidate, object, luma, atMs)
    }
    makeRoom()
  }

  function refute(
    candidate: Detection,
    object: SceneObject | undefined,
    luma: Uint8Array,
    atMs: number,
  ): void {
    // what the expert saw before and misses now has its own rule
    if (object?.standing === 'there' && object.by === 'expert') return
    const refuted = object ?? createObject(candidate, 'expert', luma, atMs)
    if (object === undefined) objects.push(refuted)
    else see(refuted, candidate, luma, atMs)
    Object.assign(refuted, { standing: 'refuted', by: 'expert', refutedScore: candidate.score })
  }

  function makeRoom(): void {
    if (objects.length <= MAX_OBJECTS) return
    objects = objects.sort((a, b) => b.seenAt - a.seenAt).slice(0, MAX_OBJECTS)
  }

  return {
    advance,
    explaining: () => objects.filter(({ standing }) => standing === 'there').map(({ box }) => box),
    settled: () =>
      objects.every(
        ({ standing, box, filter }) =>
          standing !== 'there' || filter.speed < SETTLED * Math.min(box.width, box.height),
      ),
    altered: luma =>
      objects.some(
        ({ standing, appearance }) => standing === 'there' && !looksTheSame(luma, appearance),
      ),
    unsure: () =>
      objects.some(({ standing, by, sure }) => standing === 'there' && by === 'expert' && !sure),
    weigh,
    trustScout,
    trustExpert,
    shown() {
      const there = objects.filter(({ standing, box }) => standing === 'there' && inFrame(box))
      for (const object of there) if (object.trackId === 0) object.trackId = ++lastTrackId
      return there.sort((a, b) => b.score - a.score).map(toTracked)
    },
  }
}

function meaningOf(candidate: Detection, certain: boolean, object?: SceneObject): Meaning {
  const standing = object?.standing
  if (standing === 'there') return 'known'
  if (standing === 'refuted' && candidate.score < object!.refutedScore + RISE) return 'refuted'
  return certain ? 'new' : 'ambiguous'
}

/**
 * Candidates that nothing the expert sees speaks for. What it sees speaks for one candidate of its name, or else for whatever
 * was seen in its place by other names.
 */
function unanswered(candidates: readonly Weighed[], there: readonly Detection[]): Weighed[] {
  const candidateOf = associate(
    there,
    candidates.map(({ candidate }) => candidate),
  )
  const nameless = there.filter((_, i) => candidateOf[i] === -1)
  return candidates.filter(
    ({ candidate }, i) =>
      !candidateOf.includes(i) && !nameless.some(({ box }) => iou(box, candidate.box) > SAME_PLACE),
  )
}

/** The lost are forgotten after a while, the refuted when room is needed. */
function stays(object: SceneObject, atMs: number): boolean {
  return inFrame(object.box) && (object.standing !== 'hidden' || recent(object, atMs))
}

function recent(object: SceneObject, atMs: number): boolean {
  return atMs - object.seenAt <= FORGET_MS
}

/** True while the middle of a box is in the picture. */
function inFrame({ x, y, width, height }: Box): boolean {
  const middle = x + width / 2
  const centre = y + height / 2
  return middle > 0 && middle < 1 && centre > 0 && centre < 1
}
