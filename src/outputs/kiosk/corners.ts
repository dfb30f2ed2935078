import type { Point } from '../../events/zones.js'
import { setText } from './dom.js'
import { middles } from './polygon.js'
import { cornersOf, type Sketch } from './sketch.js'
import { cornerWords, placeWords } from './sketch-words.js'
import { placeAt } from './zone-shapes.js'

/** Steps of the arrow keys, in shares of the picture; with Shift the longer one. */
export const STEP = 0.005
export const LONG_STEP = 0.05

const ARROWS: { readonly [key: string]: Point } = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

/** Where an arrow key moves a point to; undefined: it is another key. */
export function stepped([x, y]: Point, { key, shiftKey }: KeyboardEvent): Point | undefined {
  const arrow = ARROWS[key]
  if (!arrow) return undefined
  const step = shiftKey ? LONG_STEP : STEP
  return [x + arrow[0] * step, y + arrow[1] * step]
}

export interface CornersActions {
  readonly onMove: (index: number, to: Point) => void
  readonly onRemove: (index: number) => void
  /** A corner in the middle of the edge behind this one. */
  readonly onSplit: (index: number) => void
}

export interface Corners {
  show(sketch: Sketch): void
  /** So that the keyboard goes on with it. */
  focus(index: number): void
}

/**
 * Handles on the corners under work. A screen reader meets each as a slider in two directions, as it then passes the arrow keys on
 * and says where the corner is whenever it moves. Elements are made once and used again.
 */
export function createCorners(home: HTMLElement, actions: CornersActions): Corners {
  const handles: HTMLElement[] = []
  const dots: HTMLElement[] = []
  let corners: readonly Point[] = []

  function makeHandle(): HTMLElement {
    const index = handles.length
    const handle = document.createElement('div')
    handle.className = 'corner'
    handle.tabIndex = 0
    handle.setAttribute('role', 'slider')
    handle.setAttribute('aria-roledescription', 'corner')
    handle.setAttribute('aria-valuemin', '0')
    handle.setAttribute('aria-valuemax', '100')
    handle.addEventListener('keydown', event => press(index, event))
    handles.push(handle)
    return handle
  }

  function makeDot(): HTMLElement {
    const dot = document.createElement('i')
    dot.className = 'middle'
    dots.push(dot)
    return dot
  }

  function press(index: number, event: KeyboardEvent): void {
    const at = corners[index]
    if (!at || event.ctrlKey || event.altKey || event.metaKey) return
    const to = stepped(at, event)
    if (to) actions.onMove(index, to)
    else if (event.key === 'Delete' || event.key === 'Backspace') actions.onRemove(index)
    else if (event.key === '+' || event.key === 'Insert') actions.onSplit(index)
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  return {
    show(sketch) {
      corners = cornersOf(sketch)
      const between = sketch.draft ? [] : middles(corners)
      while (handles.length < corners.length) home.append(makeHandle())
      while (dots.length < between.length) home.prepend(makeDot())
      for (const [i, handle] of handles.entries()) {
        const at = corners[i]
        handle.hidden = !at
        if (!at) continue
        placeAt(handle, at)
        handle.classList.toggle('first', sketch.draft !== undefined && i === 0)
        handle.setAttribute('aria-label', cornerWords(sketch, i))
        handle.setAttribute('aria-valuenow', String(Math.round(at[0] * 100)))
        handle.setAttribute('aria-valuetext', placeWords(at))
      }
      for (const [i, dot] of dots.entries()) {
        const at = between[i]
        dot.hidden = !at
        if (at) placeAt(dot, at)
      }
    },
    focus: index => handles[index]?.focus({ preventScroll: true }),
  }
}

/** Writes what somebody points at with the keyboard. */
export function placeCross(cross: HTMLElement, at: Point): void {
  placeAt(cross, at)
  setText(cross, placeWords(at))
}
