import type { Drawing, Point, Zone } from '../../events/zones.js'
import { type Guard, isNumber, isText, listOf, oneOf, optional, shape } from '../client/guards.js'

/** Where a camera's drawing comes from: `drawn` by a client instead of what is `configured`. */
export type DrawingSource = 'configured' | 'drawn'

export interface SourcedDrawing extends Drawing {
  readonly source: DrawingSource
}

const isPoint: Guard<Point> = (value): value is Point =>
  Array.isArray(value) && value.length === 2 && value.every(isNumber)

/** An answer of `/api/cameras/{id}/drawing`. */
export const isDrawing = shape<SourcedDrawing>({
  zones: listOf(
    shape<Zone>({
      name: isText,
      polygon: listOf(isPoint),
      labels: optional(listOf(isText)),
      minSeconds: isNumber,
    }),
  ),
  masks: listOf(listOf(isPoint)),
  source: oneOf<DrawingSource>({ configured: true, drawn: true }),
})
