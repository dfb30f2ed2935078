import type { CameraEvent } from '../../events/event.js'
import { duration, percent, timeOfDay } from './numbers.js'
import { reasonWords } from './reason-words.js'

const ENDS: { readonly [E in NonNullable<CameraEvent['endedBy']>]: string } = {
  gone: 'went out of view',
  camera: 'the camera fell silent',
  off: 'detection was switched off',
  restart: 'the service was stopped',
}

/** Whole seconds: a list of tenths cannot be read. */
function wholly(ms: number): string {
  return duration(Math.max(0, ms)).replace(/\.\d(?= s)/, '')
}

/** "14:03:09" of today, "Sun 22 Nov 14:03" of another day. */
export function whenWords(atMs: number, nowMs: number): string {
  const [at, now] = [new Date(atMs), new Date(nowMs)]
  if (at.toDateString() === now.toDateString()) return timeOfDay(atMs)
  const day = at.toLocaleDateString('en-GB', { weekday: 'short', day: 'numeric', month: 'short' })
  return `${day.replace(',', '')} ${timeOfDay(atMs).slice(0, 5)}`
}

/** Milliseconds from its beginning to its end, or until now. @param sinceMs milliseconds since a moment, by the service's clock */
export function lastedMs(
  { startedAt, endedAt }: CameraEvent,
  sinceMs: (atMs: number) => number,
): number {
  const start = Date.parse(startedAt)
  return endedAt === null ? sinceMs(start) : Date.parse(endedAt) - start
}

/** "12 s so far" while it lasts, "12 s" afterwards. */
export function spanWords(event: CameraEvent, sinceMs: (atMs: number) => number): string {
  const span = wholly(lastedMs(event, sinceMs))
  return event.endedAt === null ? `${span} so far` : span
}

/** "path, drive"; nothing if it has been in none. */
export function zoneWords({ enteredZones }: CameraEvent): string {
  return enteredZones.join(', ')
}

/** "path, then drive; now in drive". */
export function wayWords({ enteredZones, zones, endedAt }: CameraEvent): string {
  if (enteredZones.length === 0) return 'none'
  const way = enteredZones.join(', then ')
  if (endedAt !== null || enteredZones.length < 2) return way
  return `${way}; now in ${zones.length > 0 ? zones.join(' and ') : 'none'}`
}

/** "14:03:21: went out of view"; nothing while it lasts. */
export function endWords({ endedAt, endedBy }: CameraEvent, nowMs: number): string {
  if (endedAt === null) return ''
  const when = whenWords(Date.parse(endedAt), nowMs)
  return endedBy === null ? when : `${when}: ${ENDS[endedBy]}`
}

/** "87 % at 14:03:12". */
export function bestWords({ best }: CameraEvent, nowMs: number): string {
  return `${percent(best.score)} at ${whenWords(Date.parse(best.at), nowMs)}`
}

/** "expert, new: asked the expert". */
export function lookWords({ best: { exit } }: CameraEvent): string {
  return `${exit.stage}, ${reasonWords(exit.reason)}`
}

/** "12 s so far · still". */
export function briefSpanWords(event: CameraEvent, sinceMs: (atMs: number) => number): string {
  const still = event.stationary && event.endedAt === null
  return still ? `${spanWords(event, sinceMs)} · still` : spanWords(event, sinceMs)
}

/** "stands still, moved 3 times"; nothing where there is nothing to tell. */
export function moveWords({ stationary, moves, endedAt }: CameraEvent): string {
  const moved = moves === 0 ? '' : `moved ${moves === 1 ? 'once' : `${moves} times`}`
  const stands = stationary && endedAt === null ? 'stands still' : ''
  return [stands, moved].filter(Boolean).join(', ')
}

/** What its picture shows, for those who do not see it. */
export function pictureWords({ label, camera, enteredZones }: CameraEvent): string {
  const where = enteredZones.length > 0 ? `, ${enteredZones.join(', ')}` : ''
  return `${label} at ${camera}${where}`
}
