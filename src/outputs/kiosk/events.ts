import type { CameraEvent } from '../../events/event.js'
import { ask } from './ask.js'
import type { Clock } from './clock.js'
import { part, setText } from './dom.js'
import { createEventCard } from './event-card.js'
import { followEvents } from './event-feed.js'
import { createEventFilters } from './event-filters.js'
import { isEventPage } from './event-guards.js'
import {
  append,
  fold,
  hasOlder,
  KEPT,
  type Listed,
  limitFor,
  NOTHING,
  PAGE,
  queryOf,
} from './event-list.js'
import { createEventRows } from './event-rows.js'
import { createThumbs } from './event-thumbs.js'

const RETRY_MS = 5000
/** A busy street is written this often at most. */
const PAINT_MS = 150

export interface EventsOptions {
  readonly panel: HTMLElement
  readonly clock: Clock
  /** Whether there are events at all, and how many of those that are listed last. */
  readonly onCount: (lasting: number | undefined) => void
  readonly signal: AbortSignal
}

export interface Events {
  setCameras(cameras: readonly string[]): void
  /** The camera that is shown alone; undefined: all are shown. */
  follow(camera: string | undefined): void
  offerZones(zones: readonly string[]): void
  /** A new connection to the service: what happened in between is asked for. */
  reconnect(): void
  /** Shows the list, which costs nothing while nobody sees it. */
  setOpen(open: boolean): void
}

/** What has happened, newest first, live: the list beside the cameras, and one event on a card of its own. */
export function createEvents({ panel, clock, onCount, signal }: EventsOptions): Events {
  const older = part(panel, 'events-older', HTMLButtonElement)
  const note = part(panel, 'events-note', HTMLElement)
  const list = part(panel, 'event-list', HTMLOListElement)
  let listed: Listed = NOTHING
  let cameras: readonly string[] = []
  let open = false
  /** What happens while an answer is on its way, which may not know of it yet. */
  let meanwhile: CameraEvent[] | undefined
  let asked = 0
  let retry: ReturnType<typeof setTimeout> | undefined
  let painting: ReturnType<typeof setTimeout> | undefined

  const filters = createEventFilters(panel, reload, signal)
  const sinceMs = clock.since
  const rows = createEventRows({
    list,
    template: part(document, 'event-template', HTMLTemplateElement),
    thumbs: createThumbs(part(panel, 'event-scroll', HTMLElement), signal),
    sinceMs,
    onOpen: openCard,
  })
  const card = createEventCard({
    dialog: part(document, 'event-card', HTMLDialogElement),
    sinceMs,
    onStep: step,
    onClose: rows.focus,
    signal,
  })
  const stream = followEvents({ onEvent: hear, onGap: () => void load(), signal })
  older.addEventListener('click', () => void loadOlder(), { signal })
  const ticker = setInterval(() => {
    if (open && !document.hidden) rows.tick()
    card.tick()
  }, 1000)
  signal.addEventListener('abort', () => clearInterval(ticker))

  const askFor = (query: string) => ask(`/api/events?${query}`, isEventPage, signal)

  function hear(event: CameraEvent): void {
    meanwhile?.push(event)
    update(fold(listed, filters.chosen(), event))
  }

  function update(next: Listed): void {
    if (next === listed) return
    listed = next
    painting ??= setTimeout(paint, PAINT_MS)
  }

  function paint(): void {
    clearTimeout(painting)
    painting = undefined
    const { events } = listed
    onCount(events.filter(({ endedAt }) => endedAt === null).length)
    filters.offer('label', new Set(events.map(({ label }) => label)))
    filters.offer('zone', new Set(events.flatMap(({ enteredZones }) => enteredZones)))
    const shown = events.find(({ id }) => id === card.shown())
    if (shown) showCard(shown)
    if (!open) return
    rows.show(events, cameras.length > 1 && filters.chosen().camera === null)
    older.hidden = !hasOlder(listed)
    const full = events.length >= KEPT ? `the newest ${KEPT}: choose above to see older ones` : ''
    setText(
      note,
      events.length === 0 && meanwhile === undefined ? 'nothing has happened yet' : full,
    )
  }

  function showCard(event: CameraEvent): void {
    const at = listed.events.indexOf(event)
    card.show(event, { newer: at > 0, older: at < listed.events.length - 1 })
  }

  function openCard(id: string): void {
    const event = listed.events.find(known => known.id === id)
    if (event) showCard(event)
  }

  function step(by: -1 | 1): void {
    const at = listed.events.findIndex(({ id }) => id === card.shown())
    const next = listed.events[at + by]
    if (at >= 0 && next) showCard(next)
  }

  function reload(): void {
    listed = NOTHING
    list.scrollTop = 0
    void load()
  }

  async function load(): Promise<void> {
    clearTimeout(retry)
    asked += 1
    const ours = asked
    const filter = filters.chosen()
    meanwhile = []
    const answer = await askFor(queryOf(filter, limitFor(listed), null))
    if (ours !== asked || signal.aborted) return
    const late = meanwhile
    meanwhile = undefined
    if (answer === 'missing') {
      stream.stop()
      // what was heard before would bring the list back
      clearTimeout(painting)
      onCount(undefined)
    } else if (answer === 'unreachable') {
      retry = setTimeout(() => void load(), RETRY_MS)
    } else {
      listed = late.reduce<Listed>((known, event) => fold(known, filter, event), answer)
      paint()
    }
  }

  async function loadOlder(): Promise<void> {
    const ours = asked
    older.disabled = true
    const limit = Math.min(PAGE, KEPT - listed.events.length)
    const query = queryOf(filters.chosen(), limit, listed.next)
    const answer = await askFor(query)
    older.disabled = false
    if (ours === asked && typeof answer !== 'string') update(append(listed, answer))
  }

  return {
    setCameras(newest) {
      cameras = newest
      filters.offer('camera', newest)
    },
    follow(camera) {
      const wanted = cameras.length > 1 ? (camera ?? null) : null
      if (filters.chosen().camera === wanted) return
      filters.setCamera(wanted)
      reload()
    },
    offerZones: zones => filters.offer('zone', zones),
    reconnect: stream.restart,
    setOpen(now) {
      open = now
      paint()
    },
  }
}
