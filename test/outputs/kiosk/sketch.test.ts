import t from 'tap'
import type { Drawing, Point } from '../../../src/events/zones.js'
import {
  addCorner,
  beginDraft,
  canClose,
  choose,
  chosenOf,
  closeDraft,
  cornersOf,
  drawingOf,
  dropDraft,
  hasRoom,
  labelsOf,
  MOST_CORNERS,
  MOST_OUTLINES,
  moveCorner,
  ordinal,
  removeCorner,
  removeOutline,
  type Sketch,
  sketchOf,
  splitEdge,
  write,
} from '../../../src/outputs/kiosk/sketch.js'

const TRIANGLE: readonly Point[] = [
  [0.1, 0.1],
  [0.5, 0.1],
  [0.3, 0.5],
]
const DRAWING: Drawing = {
  zones: [
    { name: 'path', polygon: TRIANGLE, minSeconds: 0 },
    { name: 'drive', polygon: TRIANGLE, labels: ['car', 'person'], minSeconds: 1.5 },
  ],
  masks: [TRIANGLE],
}
const EMPTY = sketchOf({ zones: [], masks: [] })

const drawn = (sketch: Sketch, corners: readonly Point[]) =>
  corners.reduce((known, corner) => addCorner(known, corner), sketch)

t.test('what was loaded is what would be saved', async t => {
  const sketch = sketchOf(DRAWING)
  t.same(drawingOf(sketch), DRAWING)
  t.equal(chosenOf(sketch)?.name, 'path', 'the first zone can be changed at once')
  t.same(
    sketch.outlines.map(outline => ordinal(sketch, outline)),
    [1, 2, 1],
  )
  t.equal(chosenOf(EMPTY), undefined)
  t.same(cornersOf(EMPTY), [])
})

t.test('a zone is drawn corner by corner, closed, and has a free name', async t => {
  const begun = drawn(beginDraft(EMPTY, 'zone'), TRIANGLE.slice(0, 2))
  t.notOk(canClose(begun))
  t.notOk(canClose(EMPTY))
  t.equal(closeDraft(begun), begun, 'two corners are no zone')
  t.equal(closeDraft(EMPTY), EMPTY)
  const closed = closeDraft(drawn(begun, [[0.3, 7]]))
  t.match(closed, { draft: undefined, chosen: 0 })
  t.match(chosenOf(closed), { kind: 'zone', name: 'zone-1', minSeconds: '0' })
  t.same(cornersOf(closed)[2], [0.3, 1], 'corners stay in the picture')
  const second = closeDraft(drawn(beginDraft(closed, 'zone'), TRIANGLE))
  t.equal(chosenOf(second)?.name, 'zone-2')
  const mask = closeDraft(drawn(beginDraft(second, 'mask'), TRIANGLE))
  t.same(drawingOf(mask).masks, [TRIANGLE])
})

t.test('a draft is dropped, and an outline that is chosen drops it too', async t => {
  const begun = drawn(beginDraft(sketchOf(DRAWING), 'mask'), TRIANGLE)
  t.equal(begun.chosen, undefined)
  t.same(cornersOf(begun), TRIANGLE)
  t.equal(dropDraft(begun).draft, undefined)
  t.match(choose(begun, 1), { draft: undefined, chosen: 1 })
  t.same(drawingOf(begun), DRAWING, 'it is not saved before it is closed')
})

t.test('corners are moved, added between two others, and removed down to three', async t => {
  const sketch = choose(sketchOf(DRAWING), 1)
  const moved = moveCorner(sketch, 0, [0.2, 0.3])
  t.same(drawingOf(moved).zones[1]?.polygon[0], [0.2, 0.3])
  t.same(drawingOf(moved).zones[0]?.polygon, TRIANGLE, 'others stay as they are')
  const split = splitEdge(sketch, 2)
  t.same(cornersOf(split), [...TRIANGLE, [0.2, 0.3]], 'also on the edge back to the first')
  t.same(cornersOf(removeCorner(split, 3)), TRIANGLE)
  t.equal(removeCorner(sketch, 0), sketch)
  t.equal(removeCorner(split, 9), split)
  t.equal(moveCorner(sketch, 9, [0, 0]), sketch)
  t.equal(splitEdge(sketch, 9), sketch)
  t.equal(addCorner(sketch, [0, 0]), sketch, 'behind the last one only while drawing')
})

t.test('a draft gives its corners back one by one, and moves them', async t => {
  const begun = drawn(beginDraft(EMPTY, 'zone'), TRIANGLE)
  t.same(cornersOf(removeCorner(begun, 2)), TRIANGLE.slice(0, 2))
  t.same(cornersOf(moveCorner(begun, 0, [0, 0]))[0], [0, 0])
  t.equal(splitEdge(begun, 0), begun)
})

t.test('there are never more corners and outlines than the service takes', async t => {
  const corners = Array.from({ length: MOST_CORNERS + 5 }, (_, i): Point => [i / 100, 0.5])
  const full = drawn(beginDraft(EMPTY, 'zone'), corners)
  t.equal(cornersOf(full).length, MOST_CORNERS)
  const closed = closeDraft(full)
  t.equal(splitEdge(closed, 0), closed)
  const masks = Array.from({ length: MOST_OUTLINES }, () => TRIANGLE)
  const crowded = sketchOf({ zones: [], masks })
  t.equal(beginDraft(crowded, 'mask'), crowded)
  t.notOk(hasRoom(crowded, 'mask'))
  t.ok(hasRoom(crowded, 'zone'))
})

t.test('what is typed is kept as typed, and read when it is saved', async t => {
  let sketch = sketchOf(DRAWING)
  sketch = write(sketch, 0, 'name', 'door')
  sketch = write(sketch, 0, 'labels', ' dog,, cat , dog')
  sketch = write(sketch, 0, 'minSeconds', '2.5')
  t.match(drawingOf(sketch).zones[0], { name: 'door', labels: ['dog', 'cat'], minSeconds: 2.5 })
  t.same(labelsOf(' , '), [])
  t.notOk('labels' in (drawingOf(write(sketch, 0, 'labels', ' ')).zones[0] ?? {}), 'all')
})

t.test('an outline is deleted; the others keep their places', async t => {
  const sketch = sketchOf(DRAWING)
  t.match(removeOutline(sketch, 0), { chosen: undefined, outlines: [{ name: 'drive' }, {}] })
  t.equal(removeOutline(sketch, 1).chosen, 0)
})
