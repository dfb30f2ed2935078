import t from 'tap'
import { createStillness } from '../../src/events/stillness.js'
import type { Box } from '../../src/lib/box.js'
import { createRandom } from '../../src/lib/random.js'

const ASPECT = 16 / 9
const PERSON: Box = { x: 0.4, y: 0.3, width: 0.06, height: 0.4 }
const CAR: Box = { x: 0.3, y: 0.5, width: 0.3, height: 0.25 }
/** Root of the area in picture heights. */
const sizeOf = ({ width, height }: Box) => Math.sqrt(width * ASPECT * height)

/** How stationary an object is over a minute: when first, and how often that changes. @param boxAt of seconds */
function minute(boxAt: (seconds: number) => Box, fps = 10) {
  const see = createStillness()
  let firstAt: number | undefined
  let changes = 0
  let before = false
  for (let i = 0; i < 60 * fps; i++) {
    const stationary = see(boxAt(i / fps), ASPECT, (i * 1000) / fps, 10_000)
    if (stationary) firstAt ??= i / fps
    if (stationary !== before) changes++
    before = stationary
  }
  return { firstAt, changes }
}

/** Trembling: every edge by itself, and the box as a whole, each some per cent of the box (standard deviation). */
function trembling(box: Box, share: number, seed: number) {
  const random = createRandom(seed)
  const gauss = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  return (): Box => {
    const off = (length: number) => length * share * gauss()
    const [left, right, top, bottom] = [box.width, box.width, box.height, box.height].map(off)
    return {
      x: box.x + off(box.width) + left!,
      y: box.y + off(box.height) + top!,
      width: box.width + right! - left!,
      height: box.height + bottom! - top!,
    }
  }
}

function shifted(box: Box, sizesX: number, sizesY = 0): Box {
  const size = sizeOf(box)
  return { ...box, x: box.x + (sizesX * size) / ASPECT, y: box.y + sizesY * size }
}

t.test(
  'what does not move is stationary after the time that was asked for, and stays so',
  async t => {
    for (const box of [PERSON, CAR])
      t.same(
        minute(() => box),
        { firstAt: 10, changes: 1 },
      )
  },
)

t.test('boxes that tremble by up to 5 % in every frame are stationary all the same', async t => {
  for (const box of [PERSON, CAR]) {
    for (const fps of [5, 10, 30]) {
      for (const share of [0.02, 0.05]) {
        const { firstAt, changes } = minute(trembling(box, share, fps), fps)
        t.ok(firstAt! <= 12, `${100 * share} % at ${fps} fps: after ${firstAt} s`)
        t.equal(changes, 1)
      }
    }
  }
})

t.test('so are those that wobble once or twice a second by a fifth of their size', async t => {
  for (const hertz of [1, 1.5, 2]) {
    const wobble = (seconds: number) => 0.1 * Math.sin(2 * Math.PI * hertz * seconds)
    const { firstAt, changes } = minute(s => shifted(CAR, wobble(s), wobble(s + 0.1)))
    t.equal(firstAt, 10)
    t.equal(changes, 1)
  }
})

t.test(
  'who walks is not stationary, however slowly: 10 cm a second across, or straight towards the camera',
  async t => {
    const random = trembling({ x: 0, y: 0, width: 1, height: 1 }, 0.02, 3)
    const across = minute(s => {
      const { x, y } = random()
      // a person is some 0.8 m large (root of the area)
      const { x: left, ...box } = shifted(PERSON, (0.1 / 0.8) * s)
      return { ...box, x: left + x * PERSON.width, y: box.y + y * PERSON.height }
    })
    t.equal(across.firstAt, undefined)
    // from 10 m away, half a metre a second, seen from the height of its middle
    const nearer = minute(s => {
      const factor = 10 / (10 - 0.5 * Math.min(18, s))
      const { width, height } = PERSON
      return {
        x: PERSON.x - (width * (factor - 1)) / 2,
        y: PERSON.y - (height * (factor - 1)) / 2,
        width: width * factor,
        height: height * factor,
      }
    })
    t.ok(nearer.firstAt! > 27, `${nearer.firstAt}`)
  },
)

t.test(
  'who leaves is active within a third of a second, and stationary again where it stops',
  async t => {
    // 1.4 m a second
    const walked = (s: number) => Math.min(3, Math.max(0, s - 20)) * (1.4 / 0.8)
    const see = createStillness()
    const states = Array.from({ length: 450 }, (_, i) =>
      see(shifted(PERSON, walked(i / 10)), ASPECT, i * 100, 10_000),
    )
    const active = states.indexOf(false, 150)
    t.ok(active <= 203, `at ${active / 10} s`)
    const again = states.indexOf(true, active)
    t.ok(again >= 326 && again <= 340, `at ${again / 10} s`)
    t.notOk(states.includes(false, again))
  },
)

t.test('what something passes in front of stays: only one of its edges moves', async t => {
  const { changes } = minute(s => {
    const hidden = s > 20 && s < 23 ? 0.6 : 0
    return { ...CAR, x: CAR.x + hidden * CAR.width, width: CAR.width * (1 - hidden) }
  })
  t.equal(changes, 1)
})

t.test('time that does not pass changes nothing', async t => {
  const see = createStillness()
  see(CAR, ASPECT, 0, 1000)
  t.notOk(see(CAR, ASPECT, 0, 0))
  t.ok(see(CAR, ASPECT, 1000, 1000))
  t.ok(see(shifted(CAR, 3), ASPECT, 1000, 1000))
  t.notOk(see(shifted(CAR, 3), ASPECT, 1001, 1000))
})
