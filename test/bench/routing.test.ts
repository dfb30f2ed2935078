import t from 'tap'
import { type RoutedPicture, routingOf } from '../../src/bench/routing.js'
import type { Detection } from '../../src/cascade/detection.js'
import { createRandom } from '../../src/lib/random.js'

const BOX = { x: 0.2, y: 0.2, width: 0.4, height: 0.4 }
const right: Detection = { label: 'person', classId: 0, score: 0.9, box: BOX }

/** One picture with one box, which the expert always finds, and the scout only if the picture is easy. */
function picture(easy: boolean, doubt: number): RoutedPicture {
  const scout = easy ? [right] : []
  return {
    truth: [{ classId: 0, box: BOX, ignore: false }],
    doubt,
    looks: {
      'scout-only': { detections: scout, cpuMs: 4 },
      'expert-only': { detections: [right], cpuMs: 20 },
      'never-ask': { detections: scout, cpuMs: 5 },
      'always-ask': { detections: [right], cpuMs: 24 },
    },
  }
}

/** Every third of a hundred pictures is hard. @param doubtOf how much the scout says it leaves open */
const hundred = (doubtOf: (easy: boolean) => number) =>
  Array.from({ length: 100 }, (_, at) => picture(at % 3 !== 0, doubtOf(at % 3 !== 0)))

const random = createRandom(5)
const perfect = routingOf(hundred(easy => (easy ? 0.1 : 1) * (1 + random())))
const guessing = routingOf(hundred(() => random()))

t.test('it begins where the scout decides everything, and ends where the expert does', async t => {
  for (const { scout, expert, points } of [perfect, guessing]) {
    t.match(scout, { cpuMs: 4, ap50: 0.66 })
    t.match(expert, { cpuMs: 20, ap50: 1 })
    t.equal(points.length, 11)
    t.match(points[0], { asked: 0, cpuMs: 5, ap50: scout.ap50 })
    t.match(points.at(-1), { asked: 1, cpuMs: 24, ap50: expert.ap50 })
  }
})

t.test('a router that knows which pictures are hard is worth more than chance', async t => {
  const at40 = perfect.points[4]!
  t.equal(at40.ap50, 1, 'all 34 hard ones were asked about')
  t.ok(Math.abs(at40.cpuMs - (0.6 * 5 + 0.4 * 24)) < 1e-9)
  const along = (at40.cpuMs - 4) / 16
  t.ok(Math.abs(at40.gain - (1 - 0.66 - 0.34 * along)) < 1e-9)
  t.ok(at40.gainBand.low > 0 && at40.gain <= at40.gainBand.high)
})

t.test('one that guesses is worth nothing, nor is one that spends more than it saves', async t => {
  for (const { gain, gainBand } of guessing.points.slice(1, -1)) {
    t.ok(Math.abs(gain) < 0.15, `${gain}`)
    t.ok(gainBand.low <= 0)
  }
  t.ok(guessing.points[0]!.gain < 0, 'the gate, too, takes time')
})

t.test('the limit of doubt is the one at which a policy asks just these pictures', async t => {
  const pictures = hundred(easy => (easy ? 0.1 : 1) * (1 + random()))
  const { points } = routingOf(pictures)
  t.equal(points[0]!.doubtLimit, Number.POSITIVE_INFINITY)
  for (const { asked, doubtLimit } of points) {
    const above = pictures.filter(({ doubt }) => doubt > doubtLimit)
    t.equal(above.length, Math.round(asked * 100))
  }
})

t.test('the same pictures give the same bands in every run', async t => {
  const pictures = hundred(easy => (easy ? 0.2 : 0.9))
  t.same(routingOf(pictures), routingOf(pictures))
})
