import t from 'tap'
import type { Point } from '../../../src/events/zones.js'
import {
  addCorner,
  beginDraft,
  choose,
  sketchOf,
  write,
} from '../../../src/outputs/kiosk/sketch.js'
import {
  cornerWords,
  hintWords,
  outlineFacts,
  outlineWords,
  placeWords,
} from '../../../src/outputs/kiosk/sketch-words.js'

const polygon: readonly Point[] = [
  [0.1, 0.1],
  [0.5, 0.1],
  [0.3, 0.5],
]
const sketch = sketchOf({
  zones: [{ name: 'path', polygon, labels: ['person', 'car'], minSeconds: 2 }],
  masks: [polygon],
})
const [zone, mask] = sketch.outlines

t.test('a corner says where it is', async t => {
  t.equal(placeWords([0.405, 0.2]), '40.5 % from the left, 20 % from the top')
  t.equal(cornerWords(sketch, 1), 'corner 2 of 3 of path')
  const draft = addCorner(beginDraft(sketch, 'zone'), [0, 0])
  t.equal(cornerWords(draft, 0), 'corner 1 of 1')
})

t.test('zones have names, masks have numbers', async t => {
  t.equal(outlineWords(sketch, zone!), 'path')
  t.equal(outlineWords(sketch, mask!), 'mask 1')
  const nameless = write(sketch, 0, 'name', '')
  t.equal(outlineWords(nameless, nameless.outlines[0]!), 'zone without a name')
  t.equal(outlineFacts(zone!), '3 corners · person, car · after 2 s')
  t.equal(outlineFacts({ ...zone!, labels: '', minSeconds: '0' }), '3 corners')
  t.equal(outlineFacts(mask!), '3 corners')
})

t.test('the hint says what to do next, in the words of the hand that does it', async t => {
  t.match(hintWords(sketch, false), /Drag corners.*Delete/)
  t.match(hintWords(sketch, true), /Drag corners.*long press/)
  t.notMatch(hintWords(sketch, true), /Delete/)
  t.match(hintWords(choose(sketch, undefined), true), /^Tap one/)
  t.match(hintWords(sketchOf({ zones: [], masks: [] }), false), /Zones name parts/)
  let draft = beginDraft(sketch, 'mask')
  t.match(hintWords(draft, false), /^Click the picture/)
  draft = addCorner(draft, [0, 0])
  t.match(hintWords(draft, false), /^Two more corners/)
  draft = addCorner(draft, [1, 0])
  t.match(hintWords(draft, false), /^One more corner/)
  t.match(hintWords(addCorner(draft, [1, 1]), true), /^Tap the first corner.*close the mask/)
})
