import type { EventsConfig, LabelRule } from './config.js'
import type { CameraEvent, EventChange } from './event.js'
import type { NewEventId } from './event-id.js'
import { beginAnew, labelled, type Moment, type SeenFrame, type Stay } from './stay.js'
import { createStays } from './stays.js'
import { type EndReason, finish, improve, mayTell, startTelling, update } from './telling.js'

/** A camera is silent once the next frame is so many times as late as it usually comes. */
const PATIENCE = 2

export interface CameraEventsOptions {
  readonly camera: string
  readonly config: EventsConfig
  readonly newId: NewEventId
  /** Must not throw. */
  onChange(change: EventChange): void
}

export interface CameraEventsStatus {
  /** Events that last. */
  readonly open: number
  /** Objects that are followed, with and without one. */
  readonly followed: number
  /** Objects that found no room, counted in every frame, and those that had to make room while they were out of view. */
  readonly crowdedOut: number
}

/** What happens in front of one camera. It has no timer: time passes with frames, and with `tick`. */
export interface CameraEvents {
  /** Takes a frame; they must come in order. @returns ids of the events that were never seen as well as in it */
  observe(seen: SeenFrame): readonly string[]
  /** Says what could not be told at once; ends everything once no frame has come for too long. Call it about once a second. */
  tick(now: Moment): void
  /** New labels, rules and times hold from now on. What is no longer asked for ends like what has gone. */
  configure(config: EventsConfig): void
  /** Ends everything. */
  end(reason: EndReason, now: Moment): void
  /** A picture of this event has been kept. */
  kept(id: string): void
  /** Events that last, as they were told last. */
  open(): CameraEvent[]
  status(): CameraEventsStatus
}

export function createCameraEvents(options: CameraEventsOptions): CameraEvents {
  const { camera, newId, onChange } = options
  const stays = createStays()
  let settings = settingsOf(options.config, camera)
  let lastFrameMs = Number.POSITIVE_INFINITY
  let gapMs = 0
  /** What two gaps between frames in a row had at least: a camera may give one picture a minute. */
  let spacingMs = 0

  /** An object is in view, as something that makes events. @returns whether it has never been seen as well */
  function present(stay: Stay, seen: SeenFrame): boolean {
    if (stay.absentSinceMs === undefined) stay.inViewMs += seen.atMs - stay.last.atMs
    stay.absentSinceMs = undefined
    stay.last = labelled(stay, seen)
    if (stay.telling) return improve(stay, stay.telling, seen)
    if (!fulfils(stay, settings.rules.get(stay.label)!)) return false
    onChange(startTelling(stay, newId(seen.wallMs), camera, seen))
    return true
  }

  /** An object is out of view, or is called what nobody asks for. */
  function missed(stay: Stay, now: Moment): void {
    stay.absentSinceMs ??= now.atMs
    const isOver = now.atMs - stay.absentSinceMs >= settings.endMs
    if (!stays.isHere(stay)) {
      if (isOver) leave(stay, 'gone', now)
    } else if (stay.telling === undefined) beginAnew(stay, now)
    else if (isOver) onChange(finish(stay, stay.telling, 'gone', now))
  }

  function leave(stay: Stay, reason: EndReason, now: Moment): void {
    stays.remove(stay)
    if (stay.telling) onChange(finish(stay, stay.telling, reason, now))
  }

  function end(reason: EndReason, now: Moment): void {
    for (const stay of stays.all) leave(stay, reason, now)
  }

  const tellings = () => [...stays.all].flatMap(({ telling }) => telling ?? [])

  return {
    observe(seen) {
      const passedMs = Math.max(0, seen.atMs - lastFrameMs)
      spacingMs = Math.min(gapMs, passedMs)
      gapMs = passedMs
      lastFrameMs = seen.atMs
      for (const stay of stays.follow(seen, settings)) leave(stay, 'gone', seen)
      const better: string[] = []
      for (const stay of stays.all) {
        if (!stays.isHere(stay) || !settings.rules.has(stay.label)) missed(stay, seen)
        else if (present(stay, seen)) better.push(stay.telling!.id)
        if (stay.telling && mayTell(stay.telling, seen.atMs, settings.updateMs))
          onChange(update(stay, stay.telling, seen))
      }
      return better
    },
    tick(now) {
      const silentMs = Math.max(settings.silentMs, PATIENCE * spacingMs)
      if (now.atMs - lastFrameMs >= silentMs) return end('camera', now)
      for (const stay of stays.all) {
        const { telling } = stay
        if (telling?.due && mayTell(telling, now.atMs, settings.updateMs))
          onChange(update(stay, telling, now))
      }
    },
    configure(config) {
      settings = settingsOf(config, camera)
    },
    end,
    kept(id) {
      for (const telling of tellings()) {
        if (telling.id === id && !telling.hasSnapshot)
          Object.assign(telling, { hasSnapshot: true, due: true })
      }
    },
    open: () => tellings().map(({ told }) => told),
    status: () => ({
      open: tellings().length,
      followed: stays.all.size,
      crowdedOut: stays.crowdedOut(),
    }),
  }
}

function fulfils({ score, inViewMs, detection: { box } }: Stay, rule: LabelRule): boolean {
  const area = box.width * box.height
  const isLongEnough = inViewMs >= 1000 * rule.minSeconds
  return score >= rule.minScore && isLongEnough && area >= rule.minArea && area <= rule.maxArea
}

/** Of one camera, in milliseconds. A map, because a label may be called like anything that every object has. */
function settingsOf(config: EventsConfig, camera: string) {
  const rules = new Map(Object.entries(config.cameras[camera]?.labels ?? config.labels))
  return {
    rules,
    stationaryMs: 1000 * config.stationarySeconds,
    endMs: 1000 * config.endSeconds,
    silentMs: 1000 * config.silentSeconds,
    updateMs: 1000 * config.updateSeconds,
    /** A cat upon a chair is no chair. */
    mayRename: (a: string, b: string) => rules.has(a) && rules.has(b),
  }
}
