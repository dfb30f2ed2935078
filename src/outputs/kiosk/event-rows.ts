import type { CameraEvent } from '../../events/event.js'
import { part, setText } from './dom.js'
import type { Thumbs } from './event-thumbs.js'
import { briefSpanWords, whenWords, zoneWords } from './event-words.js'

export interface EventRowsOptions {
  readonly list: HTMLOListElement
  readonly template: HTMLTemplateElement
  readonly thumbs: Thumbs
  /** Milliseconds since a moment, by the service's clock. */
  readonly sinceMs: (atMs: number) => number
  readonly onOpen: (id: string) => void
}

export interface EventRows {
  /** @param named whether each says which camera saw it */
  show(events: readonly CameraEvent[], named: boolean): void
  /** Lasting ones grow older. */
  tick(): void
  focus(id: string): void
}

interface Row {
  readonly element: HTMLElement
  show(event: CameraEvent, named: boolean): void
  tick(): void
  focus(): void
  /** Holds nothing until it shows another event. */
  free(): void
}

/** One line per event, keyed by its id, so that nothing flickers; lines of events that are gone show the next ones. */
export function createEventRows(options: EventRowsOptions): EventRows {
  const { list } = options
  const rows = new Map<string, Row>()
  const spare: Row[] = []

  function show(events: readonly CameraEvent[], named: boolean): void {
    const wanted = new Set(events.map(({ id }) => id))
    for (const [id, row] of rows) {
      if (wanted.has(id)) continue
      rows.delete(id)
      row.free()
      spare.push(row)
    }
    let before: Element | null = null
    for (const event of events) {
      const row = rows.get(event.id) ?? spare.pop() ?? createRow(options)
      rows.set(event.id, row)
      row.show(event, named)
      const here: Element | null =
        before === null ? list.firstElementChild : before.nextElementSibling
      // Where it lies already it stays: moving it would take the focus away.
      if (here !== row.element) list.insertBefore(row.element, here)
      before = row.element
    }
  }

  return {
    show,
    tick() {
      for (const row of rows.values()) row.tick()
    },
    focus: id => rows.get(id)?.focus(),
  }
}

function createRow({ template, thumbs, sinceMs, onOpen }: EventRowsOptions): Row {
  const fragment = document.importNode(template.content, true)
  const element = part(fragment, 'event-row', HTMLLIElement)
  const button = part(element, 'event-open', HTMLButtonElement)
  const text = (name: string): HTMLElement => part(element, name, HTMLElement)
  const [label, camera, when] = [text('event-label'), text('event-camera'), text('event-when')]
  const [zones, span] = [text('event-zones'), text('event-span')]
  const thumb = text('event-thumb')
  const picture = thumbs.make(thumb, part(thumb, 'event-image', HTMLCanvasElement))
  let shown: CameraEvent | undefined
  button.addEventListener('click', () => shown && onOpen(shown.id))

  function tick(): void {
    if (!shown || (shown.endedAt !== null && span.textContent !== '')) return
    setText(span, briefSpanWords(shown, sinceMs))
  }

  return {
    element,
    tick,
    focus: () => button.focus(),
    show(event, named) {
      shown = event
      const lasts = event.endedAt === null
      element.dataset.testid = `event-${event.id}`
      element.dataset.lasting = String(lasts)
      setText(label, event.label)
      setText(camera, named ? event.camera : '')
      setText(when, whenWords(Date.parse(event.startedAt), Date.now()))
      setText(zones, zoneWords(event))
      setText(span, '')
      picture(event)
      tick()
    },
    free() {
      shown = undefined
      picture(undefined)
      element.remove()
    },
  }
}
