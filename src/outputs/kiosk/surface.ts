import type { Point } from '../../events/zones.js'
import { createCorners, placeCross, stepped } from './corners.js'
import { part } from './dom.js'
import { inPicture } from './polygon.js'
import {
  addCorner,
  canClose,
  closeDraft,
  cornersOf,
  moveCorner,
  removeCorner,
  type Sketch,
  splitEdge,
} from './sketch.js'
import { outlineWords, placeWords } from './sketch-words.js'
import { listenToPointer } from './surface-pointer.js'
import { nameTag, outlineShape } from './zone-shapes.js'

const TOO_FEW = 'Three corners are the least'

export interface SurfaceOptions {
  readonly root: HTMLElement
  readonly sketch: () => Sketch
  /** @param run steps of the same run are taken back as one */
  readonly onChange: (next: Sketch, run?: string) => void
  readonly onChoose: (id: number) => void
  /** The draft has become an outline. */
  readonly onClosed: () => void
  readonly onSay: (words: string) => void
  readonly signal: AbortSignal
}

export interface Surface {
  show(sketch: Sketch): void
  focus(): void
}

/** The picture as a drawing board: by mouse, finger and keyboard. */
export function createSurface(options: SurfaceOptions): Surface {
  const { root, sketch, onChange, onChoose, onSay, signal } = options
  const lines = part(root, 'surface-lines', SVGSVGElement)
  const names = part(root, 'surface-names', HTMLElement)
  const cross = part(root, 'cross', HTMLElement)
  const corners = createCorners(part(root, 'corners', HTMLElement), {
    onMove: (index, to) => onChange(moveCorner(sketch(), index, to), `nudge ${index}`),
    onRemove: remove,
    onSplit(index) {
      onChange(splitEdge(sketch(), index))
      corners.focus(index + 1)
    },
  })
  /** Where the keyboard's cross is. */
  let aim: Point = [0.5, 0.5]

  function remove(index: number): void {
    const before = sketch()
    const after = removeCorner(before, index)
    if (after === before) {
      onSay(TOO_FEW)
      return
    }
    onChange(after)
    onSay('Corner removed')
    if (cornersOf(after).length > 0) corners.focus(Math.max(0, index - 1))
    else root.focus({ preventScroll: true })
  }

  function close(): void {
    if (!canClose(sketch())) {
      onSay(TOO_FEW)
      return
    }
    onChange(closeDraft(sketch()))
    options.onClosed()
  }

  function press(event: KeyboardEvent): void {
    if (!sketch().draft || event.ctrlKey || event.altKey || event.metaKey) return
    const to = event.target === root ? stepped(aim, event) : undefined
    if (event.key === 'Enter') close()
    else if (event.key === ' ') {
      onChange(addCorner(sketch(), aim))
      onSay(`Corner ${cornersOf(sketch()).length}`)
    } else if (event.key === 'Backspace') remove(cornersOf(sketch()).length - 1)
    else if (to) {
      aim = inPicture(to)
      placeCross(cross, aim)
      onSay(placeWords(aim))
    } else return
    event.preventDefault()
    event.stopPropagation()
  }

  listenToPointer({
    root,
    sketch,
    onChange,
    onChoose,
    onMeet: corners.focus,
    onRemove: remove,
    onClose: close,
    signal,
  })
  root.tabIndex = 0
  root.addEventListener('keydown', press, { signal })
  placeCross(cross, aim)

  return {
    focus: () => root.focus({ preventScroll: true }),
    show(shown) {
      const { outlines, draft, chosen } = shown
      root.dataset.drafting = String(draft !== undefined)
      const shapes = outlines.map(({ id, kind, polygon }) => {
        const shape = outlineShape(kind, polygon)
        shape.classList.toggle('chosen', id === chosen)
        return shape
      })
      if (draft) shapes.push(outlineShape(draft.kind, draft.corners, false))
      lines.replaceChildren(...shapes)
      const named = outlines.map(outline => nameTag(outlineWords(shown, outline), outline.polygon))
      names.replaceChildren(...named)
      corners.show(shown)
    },
  }
}
