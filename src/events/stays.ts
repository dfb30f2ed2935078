import type { TrackedDetection } from './result.js'
import { isReachable, isSameThing, reunite } from './reunion.js'
import { createStay, type SeenFrame, type Stay, see } from './stay.js'

/** Objects that are followed at once; trackers know fewer (cascade/scene), but may give them new numbers. */
const MAX_STAYS = 200

export interface FollowOptions {
  /** After so long in its place an object is stationary. */
  readonly stationaryMs: number
  /** Whether one label may be another name for the other. */
  mayRename(a: string, b: string): boolean
}

/** Who is who in front of one camera, however its objects are numbered. */
export interface Stays {
  /** In order of arrival, with those that are out of view for the moment. */
  readonly all: ReadonlySet<Stay>
  /** Takes a frame. @returns who was out of view and had to make room */
  follow(seen: SeenFrame, options: FollowOptions): readonly Stay[]
  /** True for those that are in the last frame. */
  isHere(stay: Stay): boolean
  remove(stay: Stay): void
  /** Objects that found no room, counted in every frame, and those that had to make room. */
  crowdedOut(): number
}

export function createStays(): Stays {
  const all = new Set<Stay>()
  /** Newest owners of the numbers: a tracker that begins anew gives them again. */
  const byTrack = new Map<number, Stay>()
  let round = 0
  let crowdedOut = 0
  const isHere = (stay: Stay) => stay.round === round
  const isMissing = (stay: Stay) => stay.round !== round

  /** Follows tracks that are known and can be who they were. Returns the others. */
  function recognise(seen: SeenFrame, { stationaryMs }: FollowOptions): TrackedDetection[] {
    const aspect = seen.width / seen.height
    return seen.detections.filter(detection => {
      const { label, box, trackId } = detection
      const stay = byTrack.get(trackId)
      if (stay === undefined) return true
      const before = stay.detection
      const isSame =
        before.label === label ? isReachable(before.box, box, aspect) : isSameThing(before.box, box)
      if (isSame) seeAgain(stay, detection, seen, stationaryMs)
      return !isSame
    })
  }

  /** Finds out who somebody is that is not where a track of this number was. */
  function receive(
    strangers: readonly TrackedDetection[],
    seen: SeenFrame,
    { stationaryMs, mayRename }: FollowOptions,
  ): Stay[] {
    const aspect = seen.width / seen.height
    const found = reunite(strangers, [...all].filter(isMissing), aspect, mayRename)

    /** It has jumped, and nobody else can be it. */
    function byNumber({ label, box, trackId }: TrackedDetection): Stay | undefined {
      const stay = byTrack.get(trackId)
      if (stay === undefined || isHere(stay) || found.includes(stay)) return undefined
      const before = stay.detection
      const mayBe =
        label === before.label ||
        (mayRename(label, before.label) && isReachable(box, before.box, aspect))
      return mayBe ? stay : undefined
    }

    const others = strangers.filter((stranger, i) => {
      const known = found[i] ?? byNumber(stranger)
      if (known) seeAgain(known, stranger, seen, stationaryMs)
      return known === undefined
    })
    return others.flatMap(stranger => {
      const double = doubleOf(stranger, mayRename)
      if (double === undefined) return admit(stranger, seen)
      if (seen.exit.stage !== 'gate') double.votes.add(stranger.label, stranger.score)
      return []
    })
  }

  /** Who is in this place already, by this or another name. */
  function doubleOf(
    { label, box }: TrackedDetection,
    mayRename: FollowOptions['mayRename'],
  ): Stay | undefined {
    for (const stay of all) {
      if (isHere(stay) && mayRename(label, stay.label) && isSameThing(stay.detection.box, box))
        return stay
    }
    return undefined
  }

  function seeAgain(
    stay: Stay,
    detection: TrackedDetection,
    seen: SeenFrame,
    stationaryMs: number,
  ): void {
    unlist(stay)
    byTrack.set(detection.trackId, stay)
    stay.round = round
    const changed = see(stay, detection, seen, stationaryMs)
    if (changed && stay.telling) stay.telling.due = true
  }

  /** Returns who had to make room. */
  function admit(detection: TrackedDetection, seen: SeenFrame): Stay[] {
    const isFull = all.size === MAX_STAYS
    const longest = isFull
      ? [...all].filter(isMissing).reduce<Stay | undefined>(lessClaim, undefined)
      : undefined
    if (isFull) crowdedOut++
    if (isFull && longest === undefined) return []
    if (longest) remove(longest)
    const stay = createStay(detection, seen, round)
    all.add(stay)
    byTrack.set(detection.trackId, stay)
    return longest ? [longest] : []
  }

  function unlist(stay: Stay): void {
    const { trackId } = stay.detection
    if (byTrack.get(trackId) === stay) byTrack.delete(trackId)
  }

  function remove(stay: Stay): void {
    unlist(stay)
    all.delete(stay)
  }

  return {
    all,
    follow(seen, options) {
      round++
      const strangers = recognise(seen, options)
      return strangers.length === 0 ? [] : receive(strangers, seen, options)
    },
    isHere,
    remove,
    crowdedOut: () => crowdedOut,
  }
}

/** Who makes room sooner: those that make no event, then those that have been out of view for longest. */
function lessClaim(a: Stay | undefined, b: Stay): Stay {
  if (a === undefined) return b
  const claim = Number(a.telling !== undefined) - Number(b.telling !== undefined)
  return (claim || a.last.atMs - b.last.atMs) <= 0 ? a : b
}
