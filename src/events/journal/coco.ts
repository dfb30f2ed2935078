import { createBreath } from '../../lib/breath.js'
import { round } from '../../lib/round.js'
import type { CameraEvent } from '../event.js'
import { cocoCategories } from './coco-categories.js'

export interface CocoAbout {
  /** Of squint. */
  readonly version: string
  /** When it is written, ISO 8601. */
  readonly at: string
}

/** Events of which as much as a millisecond's work is made. */
const SLICE = 100
/** Decimals of a pixel. */
const DECIMALS = 2

/**
 * The camera's own detections as COCO JSON (cocodataset.org/#format-data, object detection), in pieces of text: one picture of each
 * event, `<id>.jpeg`, with the box of its object. Events without a picture are left out. Boxes are what was seen, not what is true:
 * `score`, and `exit_stage` among the attributes, say how far to trust them.
 */
export async function* toCoco(
  events: readonly CameraEvent[],
  { version, at }: CocoAbout,
): AsyncGenerator<string, void> {
  const breath = createBreath()
  const pictured = events.filter(({ hasSnapshot }) => hasSnapshot)
  const categories = cocoCategories(pictured.map(({ label }) => label))
  const ids = new Map(categories.map(({ name, id }) => [name, id]))
  const info = {
    ...{ year: Number(at.slice(0, 4)), version, description: 'What squint has seen' },
    ...{ contributor: 'squint', url: '', date_created: at.slice(0, 10).replaceAll('-', '/') },
  }
  const licenses = [{ id: 1, name: 'Pictures of the operator’s own cameras', url: '' }]
  yield `${JSON.stringify({ info, licenses, categories }).slice(0, -1)},"images":`
  yield* list(image)
  yield ',"annotations":'
  yield* list((event, id) => annotation(event, id, ids.get(event.label)))
  yield '}\n'

  /** Numbers start with 1, which is what tools expect. */
  async function* list(item: (event: CameraEvent, id: number) => unknown) {
    yield '['
    for (let from = 0; from < pictured.length; from += SLICE) {
      if (breath.due()) await breath.take()
      const items = pictured
        .slice(from, from + SLICE)
        .map((event, index) => JSON.stringify(item(event, from + index + 1)))
      yield `${from > 0 ? ',' : ''}${items.join(',\n')}`
    }
    yield ']'
  }
}

function image({ id, camera, best }: CameraEvent, number: number) {
  const { width, height, at } = best
  return {
    ...{ id: number, width, height, file_name: `${id}.jpeg`, license: 1 },
    // as COCO's own files write it; in UTC
    ...{ date_captured: at.slice(0, 19).replace('T', ' '), camera },
  }
}

function annotation(event: CameraEvent, id: number, category_id: number | undefined) {
  const { best, camera, enteredZones, trackId } = event
  const { box, exit, score, width, height } = best
  const left = pixels(box.x, width)
  const top = pixels(box.y, height)
  const wide = round(pixels(box.x + box.width, width) - left, DECIMALS)
  const high = round(pixels(box.y + box.height, height) - top, DECIMALS)
  return {
    ...{ id, image_id: id, category_id, bbox: [left, top, wide, high], segmentation: [] },
    ...{ area: round(wide * high, DECIMALS), iscrowd: 0, score },
    attributes: {
      ...{ exit_stage: exit.stage, exit_reason: exit.reason, event: event.id, camera },
      ...{ zones: enteredZones, track: trackId },
    },
  }
}

/** Within the picture. */
function pixels(share: number, size: number): number {
  return round(Math.min(Math.max(share, 0), 1) * size, DECIMALS)
}
