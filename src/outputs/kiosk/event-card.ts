import type { CameraEvent } from '../../events/event.js'
import { part, setEye, setText } from './dom.js'
import { createEventPicture } from './event-picture.js'
import {
  bestWords,
  endWords,
  lookWords,
  moveWords,
  spanWords,
  wayWords,
  whenWords,
} from './event-words.js'

export interface EventCardOptions {
  readonly dialog: HTMLDialogElement
  /** Milliseconds since a moment, by the service's clock. */
  readonly sinceMs: (atMs: number) => number
  /** The next newer (-1) or older (1) one is wanted. */
  readonly onStep: (by: -1 | 1) => void
  readonly onClose: (id: string) => void
  readonly signal: AbortSignal
}

export interface EventCard {
  /** Opens with an event, or shows another one. */
  show(event: CameraEvent, neighbours: { readonly newer: boolean; readonly older: boolean }): void
  /** The event that is open. */
  shown(): string | undefined
  tick(): void
}

/** One event: its picture with its box, when, where and how it was seen. */
export function createEventCard({
  dialog,
  sinceMs,
  signal,
  ...options
}: EventCardOptions): EventCard {
  const text = (name: string): HTMLElement => part(dialog, name, HTMLElement)
  const frame = text('card-picture')
  const box = text('card-box')
  const boxLabel = text('card-box-label')
  const spanName = text('card-span-name')
  const endRow = text('card-end-row')
  const eye = part(dialog, 'card-eye', SVGUseElement)
  const picture = createEventPicture(frame, part(dialog, 'card-image', HTMLImageElement))
  const newer = part(dialog, 'card-newer', HTMLButtonElement)
  const older = part(dialog, 'card-older', HTMLButtonElement)
  const facts = ['title', 'camera', 'began', 'span', 'end', 'way', 'best', 'look'] as const
  const fact = new Map(facts.map(name => [name, text(`card-${name}`)]))
  let shown: CameraEvent | undefined

  const write = (name: (typeof facts)[number], words: string): void => {
    const element = fact.get(name)
    if (element) setText(element, words)
  }

  newer.addEventListener('click', () => options.onStep(-1), { signal })
  older.addEventListener('click', () => options.onStep(1), { signal })
  text('card-close').addEventListener('click', () => dialog.close(), { signal })
  dialog.addEventListener('click', event => event.target === dialog && dialog.close(), { signal })
  dialog.addEventListener(
    'keydown',
    event => {
      // The page's own keys stay with the cameras behind.
      event.stopPropagation()
      if (event.key === 'ArrowLeft' && !newer.disabled) options.onStep(-1)
      if (event.key === 'ArrowRight' && !older.disabled) options.onStep(1)
    },
    { signal },
  )
  dialog.addEventListener(
    'close',
    () => {
      const id = shown?.id
      shown = undefined
      picture(undefined)
      if (id !== undefined) options.onClose(id)
    },
    { signal },
  )

  function placeBox({ best, label }: CameraEvent): void {
    frame.style.setProperty('--aspect', String(best.width / best.height))
    for (const [name, share] of Object.entries(best.box)) {
      box.style.setProperty(`--box-${name}`, share.toFixed(4))
    }
    // Where there is no room above the box, its label stands inside.
    box.dataset.inside = String(best.box.y < 0.08)
    setText(boxLabel, `${label} ${Math.round(best.score * 100)} %`)
  }

  function tick(): void {
    if (!shown) return
    write('span', [spanWords(shown, sinceMs), moveWords(shown)].filter(Boolean).join(', '))
  }

  return {
    shown: () => shown?.id,
    tick,
    show(event, neighbours) {
      shown = event
      const now = Date.now()
      dialog.dataset.lasting = String(event.endedAt === null)
      dialog.dataset.stage = event.best.exit.stage
      write('title', event.label)
      write('camera', event.camera)
      write('began', whenWords(Date.parse(event.startedAt), now))
      setText(spanName, event.endedAt === null ? 'lasts' : 'lasted')
      endRow.hidden = event.endedAt === null
      write('end', endWords(event, now))
      write('way', wayWords(event))
      write('best', bestWords(event, now))
      write('look', lookWords(event))
      setEye(eye, event.best.exit.stage)
      picture(event)
      placeBox(event)
      newer.disabled = !neighbours.newer
      older.disabled = !neighbours.older
      tick()
      if (!dialog.open) dialog.showModal()
    },
  }
}
