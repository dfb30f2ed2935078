import type { Point } from '../../events/zones.js'
import { area, contains, middles, nearest, type Reach } from './polygon.js'
import { addCorner, cornersOf, moveCorner, type Sketch, splitEdge } from './sketch.js'

/** Pixels within which a corner is met: a finger is broader than a mouse's point. */
const FINGER = 24
const POINT = 13
/** A press moves less than this many pixels; a long one holds so long. */
const SLACK = 5
const HOLD_MS = 600

export interface SurfacePointerOptions {
  readonly root: HTMLElement
  readonly sketch: () => Sketch
  /** @param run steps of the same run are taken back as one */
  readonly onChange: (next: Sketch, run: string) => void
  readonly onChoose: (id: number) => void
  /** A corner was met: the keyboard goes on with it. */
  readonly onMeet: (index: number) => void
  readonly onRemove: (index: number) => void
  /** The draft's first corner was pressed. */
  readonly onClose: () => void
  readonly signal: AbortSignal
}

interface Drag {
  readonly index: number
  readonly run: string
  /** Pixels of the screen. */
  readonly startX: number
  readonly startY: number
  /** From the pointer to the corner, so that it does not jump. */
  readonly offset: Point
  readonly closes: boolean
  moved: boolean
}

/** Mouse, finger and pen on the picture: a press sets a corner or chooses, a drag moves, a long press removes. */
export function listenToPointer({ root, sketch, signal, ...on }: SurfacePointerOptions): void {
  let drag: Drag | undefined
  let drags = 0
  let hold: ReturnType<typeof setTimeout> | undefined

  function pointOf({ clientX, clientY }: PointerEvent): Point {
    const { left, top, width, height } = root.getBoundingClientRect()
    return [(clientX - left) / width, (clientY - top) / height]
  }

  function reachOf({ pointerType }: PointerEvent): Reach {
    const pixels = pointerType === 'mouse' ? POINT : FINGER
    return { x: pixels / root.clientWidth, y: pixels / root.clientHeight }
  }

  function begin(event: PointerEvent, index: number, closes = false): void {
    const [x, y] = pointOf(event)
    const [cornerX, cornerY] = cornersOf(sketch())[index] ?? [x, y]
    const offset: Point = [cornerX - x, cornerY - y]
    const { clientX: startX, clientY: startY } = event
    drag = { index, run: `drag ${drags}`, startX, startY, offset, closes, moved: false }
    root.setPointerCapture(event.pointerId)
    on.onMeet(index)
  }

  function press(event: PointerEvent): void {
    if (event.button !== 0 || !event.isPrimary) return
    // The handle that is met is focused by hand; the browser would focus what lies below.
    event.preventDefault()
    drags += 1
    const [at, reach, before] = [pointOf(event), reachOf(event), sketch()]
    const met = nearest(cornersOf(before), at, reach)
    if (met >= 0) {
      begin(event, met, before.draft !== undefined && met === 0)
      if (!before.draft) hold = setTimeout(() => removeHeld(met), HOLD_MS)
    } else if (before.draft) {
      on.onChange(addCorner(before, at), `drag ${drags}`)
      begin(event, cornersOf(sketch()).length - 1)
    } else pressElsewhere(event, at, reach)
  }

  function removeHeld(index: number): void {
    drag = undefined
    on.onRemove(index)
  }

  function pressElsewhere(event: PointerEvent, at: Point, reach: Reach): void {
    const before = sketch()
    const edge = nearest(middles(cornersOf(before)), at, reach)
    if (edge >= 0) {
      on.onChange(splitEdge(before, edge), `drag ${drags}`)
      begin(event, edge + 1)
      return
    }
    // The smallest lies on top, as it could not be reached otherwise.
    const [hit] = before.outlines
      .filter(({ polygon }) => contains(polygon, at))
      .sort((a, b) => Math.abs(area(a.polygon)) - Math.abs(area(b.polygon)))
    if (hit && hit.id !== before.chosen) on.onChoose(hit.id)
  }

  function move(event: PointerEvent): void {
    if (!drag) return
    const far = Math.hypot(event.clientX - drag.startX, event.clientY - drag.startY)
    if (!drag.moved && far < SLACK) return
    drag.moved = true
    clearTimeout(hold)
    const [x, y] = pointOf(event)
    const to: Point = [x + drag.offset[0], y + drag.offset[1]]
    on.onChange(moveCorner(sketch(), drag.index, to), drag.run)
  }

  function end(event: PointerEvent): void {
    clearTimeout(hold)
    const ended = drag
    drag = undefined
    if (event.type === 'pointerup' && ended?.closes && !ended.moved) on.onClose()
  }

  root.addEventListener('pointerdown', press, { signal })
  root.addEventListener('pointermove', move, { signal })
  root.addEventListener('pointerup', end, { signal })
  root.addEventListener('pointercancel', end, { signal })
  root.addEventListener('contextmenu', event => event.preventDefault(), { signal })
}
