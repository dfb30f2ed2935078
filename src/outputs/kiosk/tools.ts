import type { Role } from './access.js'
import { part, setText } from './dom.js'
import { recall, remember } from './preferences.js'

/** Screens so large show the list of events beside the cameras; others lay it over them. */
const DOCKED = '(min-width: 1600px) and (min-height: 800px)'

export interface ToolsOptions {
  /** A wall shows neither zones nor events unless the address says so (`?kiosk&zones&events`). */
  readonly isWall: boolean
  readonly params: URLSearchParams
  readonly onZones: (shown: boolean) => void
  readonly onEvents: (open: boolean) => void
  readonly onEdit: () => void
  readonly onDetection: (enabled: boolean) => void
  readonly signal: AbortSignal
}

export interface Tools {
  /** The camera that is shown alone has these; undefined: none is, or the service cannot tell. */
  showCamera(camera: string | undefined): void
  showDetection(enabled: boolean): void
  /** A viewer sees the switch and cannot move it, and is not offered to draw. */
  showRole(role: Role): void
  /** The service knows zones. */
  showZones(): void
  /** Events that last; undefined: the service has none. */
  showEvents(lasting: number | undefined): void
}

/** The buttons of the header. */
export function createTools({ isWall, params, signal, ...on }: ToolsOptions): Tools {
  const button = (name: string): HTMLButtonElement => part(document, name, HTMLButtonElement)
  const [detection, zones, edit] = [button('detection'), button('zones'), button('edit')]
  const [events, close] = [button('events-open'), button('events-close')]
  const count = part(events, 'events-count', HTMLElement)
  const panel = part(document, 'events', HTMLElement)
  const detectionWords = part(detection, 'detection-words', HTMLElement)
  const docked = matchMedia(DOCKED)
  const asked = (name: string): boolean => params.has(name)

  let zonesShown = isWall ? asked('zones') : asked('zones') || recall('zones') !== 'off'
  let eventsOpen = asked('events') || (!isWall && docked.matches && recall('events') !== 'closed')
  let hasEvents = false
  let hasZones = false
  let enabled: boolean | undefined
  let alone: string | undefined
  let role: Role = 'admin'

  function show(): void {
    detection.hidden = alone === undefined || enabled === undefined
    detection.disabled = role === 'viewer'
    detection.setAttribute('aria-checked', String(enabled ?? false))
    setText(detectionWords, enabled === false ? 'detection off' : 'detection on')
    zones.hidden = !hasZones
    zones.setAttribute('aria-pressed', String(zonesShown))
    edit.hidden = !hasZones || alone === undefined || role === 'viewer'
    events.hidden = !hasEvents
    events.setAttribute('aria-expanded', String(eventsOpen))
    panel.hidden = !hasEvents || !eventsOpen
    document.documentElement.classList.toggle('with-events', !panel.hidden)
  }

  function setEvents(open: boolean): void {
    eventsOpen = open
    // Over the cameras it is opened for a moment.
    if (docked.matches) remember('events', open ? 'open' : 'closed')
    show()
    on.onEvents(!panel.hidden)
    if (open) close.focus({ preventScroll: true })
    else events.focus({ preventScroll: true })
  }

  const click = (element: HTMLElement, act: () => void): void => {
    element.addEventListener('click', act, { signal })
  }
  click(detection, () => enabled !== undefined && on.onDetection(!enabled))
  click(zones, () => {
    zonesShown = !zonesShown
    remember('zones', zonesShown ? 'on' : 'off')
    show()
    on.onZones(zonesShown)
  })
  click(edit, on.onEdit)
  click(events, () => setEvents(!eventsOpen))
  click(close, () => setEvents(false))
  panel.addEventListener(
    'keydown',
    event => {
      if (event.key !== 'Escape') return
      event.preventDefault()
      setEvents(false)
    },
    { signal },
  )
  show()
  on.onZones(zonesShown)

  return {
    showCamera(camera) {
      if (camera !== alone) enabled = undefined
      alone = camera
      show()
    },
    showDetection(now) {
      enabled = now
      show()
    },
    showRole(now) {
      role = now
      show()
    },
    showZones() {
      hasZones = true
      show()
    },
    showEvents(lasting) {
      const had = hasEvents
      hasEvents = lasting !== undefined
      setText(count, lasting ? String(lasting) : '')
      events.setAttribute('aria-label', lasting ? `Events, ${lasting} lasting` : 'Events')
      if (had === hasEvents) return
      show()
      on.onEvents(!panel.hidden)
    },
  }
}
