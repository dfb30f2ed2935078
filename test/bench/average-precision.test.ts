import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import {
  averagePrecision,
  bootstrap,
  type JudgedPicture,
  type TrueBox,
} from '../../src/bench/average-precision.js'
import type { Detection } from '../../src/cascade/detection.js'
import { packageRoot } from '../../src/lib/package.js'
import { round } from '../../src/lib/round.js'
import { judgedPictures } from '../fixtures/judged.js'

function box(x: number, width = 0.2) {
  return { x, y: 0.1, width, height: 0.2 }
}

function truth(x: number, { classId = 0, ignore = false } = {}): TrueBox {
  return { classId, box: box(x), ignore }
}

function found(x: number, score: number, { classId = 0, width = 0.2 } = {}): Detection {
  return { label: 'person', classId, score, box: box(x, width) }
}

function band(pictures: readonly JudgedPicture[], rounds: number, seed: number) {
  return bootstrap([pictures], ([only]) => only!.ap50, rounds, seed)
}

/** To nine decimals: the last digits depend on the order of a sum. */
function ap50(...pictures: JudgedPicture[]): number {
  return round(averagePrecision(pictures).ap50, 9)
}

t.test('all found and nothing else is 1, nothing found is 0', async t => {
  const perfect = { truth: [truth(0), truth(0.5)], detections: [found(0, 0.9), found(0.5, 0.2)] }
  t.match(averagePrecision([perfect]), { ap50: 1, ap50to95: 1 })
  t.equal(ap50({ ...perfect, detections: [] }), 0)
})

t.test('a wrong one costs what stands after it, by the best precision still to come', async t => {
  // right, wrong, right, and one of three never found: 1/3 at precision 1, 1/3 at 2/3
  const picture = {
    truth: [truth(0), truth(0.25), truth(0.5)],
    detections: [found(0, 0.9), found(0.8, 0.8), found(0.25, 0.7)],
  }
  t.equal(ap50(picture), round(5 / 9, 9))
  // wrong, right, right: both at the 2/3 that comes later
  const late = { ...picture, detections: [found(0.8, 0.9), found(0, 0.8), found(0.25, 0.7)] }
  t.equal(ap50(late), round(4 / 9, 9))
})

t.test('the second on one box is wrong, the better scored one being the first', async t => {
  const twice = [found(0.02, 0.9), found(0, 0.8), found(0.5, 0.7)]
  t.equal(ap50({ truth: [truth(0), truth(0.5)], detections: twice }), round(5 / 6, 9))
})

t.test('a better scored one that lies too far off does not take the box', async t => {
  // 0.18 of 0.22 overlap: 0.818, wrong from 0.85 on; then the exact one is right, at precision 1/2
  const picture = { truth: [truth(0)], detections: [found(0.02, 0.9), found(0, 0.8)] }
  const { ap50, ap50to95 } = averagePrecision([picture])
  t.equal(ap50, 1)
  t.ok(Math.abs(ap50to95 - (7 * 1 + 3 * 0.5) / 10) < 1e-12)
})

t.test('the bounds on the overlap go from 0.5 to 0.95', async t => {
  // overlaps of 0.725: over the bounds 0.5, 0.55, 0.6, 0.65, 0.7
  const picture = { truth: [truth(0)], detections: [found(0, 0.9, { width: 0.145 })] }
  const { ap50, ap50to95 } = averagePrecision([picture])
  t.equal(ap50, 1)
  t.equal(ap50to95, 0.5)
})

t.test('a difficult box is neither asked for nor held against anybody', async t => {
  const hard = truth(0.5, { ignore: true })
  t.equal(ap50({ truth: [truth(0), hard], detections: [found(0, 0.5)] }), 1)
  const both = [found(0.5, 0.9), found(0.51, 0.8), found(0, 0.5)]
  t.equal(ap50({ truth: [truth(0), hard], detections: both }), 1)
  t.equal(
    ap50({ truth: [truth(0), hard], detections: [found(0.7, 0.9), found(0, 0.5)] }),
    0.5,
    'beside it is wrong all the same',
  )
})

t.test('classes count alike, and only those that have a box to find', async t => {
  const pictures = [
    {
      truth: [
        truth(0),
        truth(0.25),
        truth(0.5, { classId: 2 }),
        truth(0, { classId: 4, ignore: true }),
      ],
      detections: [found(0, 0.9), found(0.25, 0.9), found(0.5, 0.9, { classId: 3 })],
    },
  ]
  const { ap50, classes } = averagePrecision(pictures)
  t.equal(ap50, 0.5)
  t.same(
    classes.map(({ classId, ap50 }) => [classId, ap50]),
    [
      [0, 1],
      [2, 0],
    ],
  )
})

t.test('a box is found in its own picture only', async t => {
  t.equal(
    ap50({ truth: [truth(0)], detections: [] }, { truth: [], detections: [found(0, 0.9)] }),
    0,
  )
})

t.test('only the hundred best of a picture count', async t => {
  const crowd = Array.from({ length: 100 }, () => found(0.7, 0.9))
  t.ok(ap50({ truth: [truth(0)], detections: [...crowd.slice(1), found(0, 0.5)] }) > 0)
  t.equal(ap50({ truth: [truth(0)], detections: [...crowd, found(0, 0.5)] }), 0)
})

t.test('without a box to find there is no precision, and no band', async t => {
  const nothing = [{ truth: [truth(0, { ignore: true })], detections: [found(0, 0.9)] }]
  t.throws(() => averagePrecision(nothing), { name: 'RangeError', message: /box to find/ })
  t.throws(() => band(nothing, 5, 1), RangeError)
})

t.test('a band is as wide as the pictures differ', async t => {
  const good = { truth: [truth(0)], detections: [found(0, 0.9)] }
  const bad = { truth: [truth(0)], detections: [] }
  t.same(band([good, good, good], 50, 1), { low: 1, high: 1 })
  // half of 100 pictures found, nothing wrong: recall is a binomial share, 0.5 ± 1.96 * 0.05
  const half = Array.from({ length: 100 }, (_, at) => (at % 2 ? good : bad))
  const { low, high } = band(half, 500, 1)
  t.ok(Math.abs(low - 0.4) < 0.03, String(low))
  t.ok(Math.abs(high - 0.6) < 0.03, String(high))
  const rest = half.map(picture => (picture === good ? bad : good))
  const sum = bootstrap([half, rest], ([a, b]) => a!.ap50 + b!.ap50, 50, 1)
  t.match(sum, { low: 1, high: 1 }, 'what two ways find in the same draw always adds up')
})

t.test('a seed repeats its band; a draw without boxes to find is left out', async t => {
  const pictures = [
    { truth: [truth(0)], detections: [found(0, 0.9)] },
    { truth: [], detections: [] },
  ]
  t.same(band(pictures, 20, 3), { low: 1, high: 1 }, 'a quarter of the draws is empty')
  const missed = { truth: [truth(0)], detections: [] }
  const mixed = Array.from({ length: 40 }, (_, at) => (at % 3 ? missed : pictures[0]!))
  t.same(band(mixed, 20, 3), band(mixed, 20, 3))
  t.notSame(band(mixed, 20, 3), band(mixed, 20, 4))
})

const instances = join(packageRoot, '../shared/data/voc-dev/instances.json')
const skip = existsSync(instances) ? false : `${instances} is not here`
t.test("a hundred real pictures give what the lab's evaluate.py says", { skip }, async t => {
  const { ap50, ap50to95, classes } = averagePrecision(judgedPictures(instances, 100))
  const near = (value: number | undefined, other: number) => Math.abs(value! - other) < 1e-6
  t.ok(near(ap50, 0.5377963), String(ap50))
  t.ok(near(ap50to95, 0.2009327), String(ap50to95))
  t.equal(classes.length, 19)
  t.ok(near(classes.find(({ classId }) => classId === 0)?.ap50, 0.3982077), 'person')
  t.ok(near(classes.find(({ classId }) => classId === 0)?.ap50to95, 0.1285669), 'person')
})
