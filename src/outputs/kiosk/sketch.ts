import type { Drawing, Point } from '../../events/zones.js'
import { inPicture, middles } from './polygon.js'

export type OutlineKind = 'zone' | 'mask'

/** A zone or a mask as it is being edited; what is typed is kept as it was typed. */
export interface Outline {
  readonly id: number
  readonly kind: OutlineKind
  readonly polygon: readonly Point[]
  /** Of a zone: its name, the labels that count ("person, car"; empty: all), and seconds. */
  readonly name: string
  readonly labels: string
  readonly minSeconds: string
}

/** What is typed of a zone. */
export type OutlineField = 'name' | 'labels' | 'minSeconds'

/** Corners that are not closed yet. */
export interface Draft {
  readonly kind: OutlineKind
  readonly corners: readonly Point[]
}

/** A camera's drawing while somebody works on it. */
export interface Sketch {
  readonly outlines: readonly Outline[]
  /** The outline whose corners can be moved. */
  readonly chosen: number | undefined
  readonly draft: Draft | undefined
}

/** What the service takes at most: corners of one outline, zones, and masks. */
export const MOST_CORNERS = 64
export const MOST_OUTLINES = 32
/** A polygon has at least so many. */
export const LEAST_CORNERS = 3

export function sketchOf({ zones, masks }: Drawing): Sketch {
  const drawn: readonly Omit<Outline, 'id'>[] = [
    ...zones.map(({ name, polygon, labels = [], minSeconds }) => ({
      kind: 'zone' as const,
      polygon,
      name,
      labels: labels.join(', '),
      minSeconds: String(minSeconds),
    })),
    ...masks.map(polygon => blank('mask', polygon)),
  ]
  const outlines = drawn.map((outline, id) => ({ ...outline, id }))
  return { outlines, chosen: outlines[0]?.id, draft: undefined }
}

function blank(kind: OutlineKind, polygon: readonly Point[]): Omit<Outline, 'id'> {
  return { kind, polygon, name: '', labels: '', minSeconds: '0' }
}

/** What is sent; only of a sketch without problems. */
export function drawingOf({ outlines }: Sketch): Drawing {
  const zones = outlines.filter(({ kind }) => kind === 'zone')
  const masks = outlines.filter(({ kind }) => kind === 'mask')
  return {
    zones: zones.map(({ name, polygon, labels, minSeconds }) => {
      const counted = labelsOf(labels)
      const zone = { name, polygon, minSeconds: Number(minSeconds) }
      return counted.length > 0 ? { ...zone, labels: counted } : zone
    }),
    masks: masks.map(({ polygon }) => polygon),
  }
}

/** "person, car" as a list. */
export function labelsOf(text: string): readonly string[] {
  const words = text.split(',').map(word => word.trim())
  return [...new Set(words.filter(Boolean))]
}

/** The outlines of one kind that come before and including this one: "mask 2". */
export function ordinal({ outlines }: Sketch, outline: Outline): number {
  return outlines.filter(({ kind, id }) => kind === outline.kind && id <= outline.id).length
}

export function chosenOf({ outlines, chosen }: Sketch): Outline | undefined {
  return outlines.find(({ id }) => id === chosen)
}

/** Whether there may be another one. */
export function hasRoom({ outlines }: Sketch, kind: OutlineKind): boolean {
  return outlines.filter(outline => outline.kind === kind).length < MOST_OUTLINES
}

export function choose(sketch: Sketch, id: number | undefined): Sketch {
  return { ...sketch, chosen: id, draft: undefined }
}

export function beginDraft(sketch: Sketch, kind: OutlineKind): Sketch {
  return hasRoom(sketch, kind)
    ? { ...sketch, chosen: undefined, draft: { kind, corners: [] } }
    : sketch
}

/** The corners under work: those of the draft, otherwise those of the chosen outline. */
export function cornersOf(sketch: Sketch): readonly Point[] {
  return sketch.draft?.corners ?? chosenOf(sketch)?.polygon ?? []
}

function withCorners(sketch: Sketch, corners: readonly Point[]): Sketch {
  const { draft, outlines, chosen } = sketch
  if (draft) return { ...sketch, draft: { ...draft, corners } }
  return {
    ...sketch,
    outlines: outlines.map(outline =>
      outline.id === chosen ? { ...outline, polygon: corners } : outline,
    ),
  }
}

/** Another corner behind the last one of the draft. */
export function addCorner(sketch: Sketch, at: Point): Sketch {
  const corners = cornersOf(sketch)
  if (!sketch.draft || corners.length >= MOST_CORNERS) return sketch
  return withCorners(sketch, [...corners, inPicture(at)])
}

export function moveCorner(sketch: Sketch, index: number, to: Point): Sketch {
  const corners = cornersOf(sketch)
  return corners[index] ? withCorners(sketch, corners.with(index, inPicture(to))) : sketch
}

/** A new corner in the middle of the edge that begins at a corner of the chosen outline. */
export function splitEdge(sketch: Sketch, index: number): Sketch {
  const corners = cornersOf(sketch)
  const middle = middles(corners)[index]
  if (sketch.draft || !middle || corners.length >= MOST_CORNERS) return sketch
  return withCorners(sketch, corners.toSpliced(index + 1, 0, middle))
}

/** Without a corner; an outline keeps three. */
export function removeCorner(sketch: Sketch, index: number): Sketch {
  const corners = cornersOf(sketch)
  if (!sketch.draft && corners.length <= LEAST_CORNERS) return sketch
  return corners[index] ? withCorners(sketch, corners.toSpliced(index, 1)) : sketch
}

export function canClose({ draft }: Sketch): boolean {
  return (draft?.corners.length ?? 0) >= LEAST_CORNERS
}

/** Makes the draft an outline with a name of its own, and chooses it. */
export function closeDraft(sketch: Sketch): Sketch {
  const { draft, outlines } = sketch
  if (!draft || !canClose(sketch)) return sketch
  const id = 1 + Math.max(-1, ...outlines.map(outline => outline.id))
  const name = draft.kind === 'zone' ? freeName(outlines) : ''
  const outline = { ...blank(draft.kind, draft.corners), id, name }
  return { outlines: [...outlines, outline], chosen: id, draft: undefined }
}

function freeName(outlines: readonly Outline[]): string {
  const taken = new Set(outlines.map(({ name }) => name))
  let n = 1
  while (taken.has(`zone-${n}`)) n += 1
  return `zone-${n}`
}

export function dropDraft(sketch: Sketch): Sketch {
  return { ...sketch, draft: undefined }
}

export function write(sketch: Sketch, id: number, field: OutlineField, text: string): Sketch {
  const outlines = sketch.outlines.map(outline =>
    outline.id === id ? { ...outline, [field]: text } : outline,
  )
  return { ...sketch, outlines }
}

export function removeOutline(sketch: Sketch, id: number): Sketch {
  const outlines = sketch.outlines.filter(outline => outline.id !== id)
  const chosen = sketch.chosen === id ? undefined : sketch.chosen
  return { ...sketch, outlines, chosen }
}
