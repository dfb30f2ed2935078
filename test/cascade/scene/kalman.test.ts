import t from 'tap'
import { createBoxFilter } from '../../../src/cascade/scene/kalman.js'
import type { Box } from '../../../src/lib/box.js'
import { createRandom } from '../../../src/lib/random.js'

/** A walker who crosses the picture at a fifth of its width per second. */
function walker(seconds: number): Box {
  return { x: 0.1 + 0.2 * seconds, y: 0.3, width: 0.1, height: 0.3 }
}

/** Follows the walker at these times; the filter then stands at the last of them. */
function follow(times: readonly number[]) {
  const filter = createBoxFilter(walker(times[0]!))
  for (const [i, seconds] of times.slice(1).entries()) {
    filter.predict(seconds - times[i]!)
    filter.correct(walker(seconds))
  }
  return filter
}

const everyTenth = Array.from({ length: 21 }, (_, i) => i / 10)

t.test('a box that was seen once is where it was seen, and stands still', async t => {
  const filter = createBoxFilter(walker(0))
  t.same(filter.box, walker(0))
  t.equal(filter.speed, 0)
})

t.test('a box that moves steadily is predicted where it will be', async t => {
  const filter = follow(everyTenth)
  t.ok(Math.abs(filter.speed - 0.2) < 0.02, `${filter.speed} per second`)
  for (const ahead of [0.1, 0.35, 1]) {
    const later = follow(everyTenth)
    later.predict(ahead)
    const off = Math.abs(later.box.x - walker(2 + ahead).x)
    t.ok(off < 0.01 + 0.02 * ahead, `off by ${off} after ${ahead} s`)
    t.ok(Math.abs(later.box.y - 0.3) < 1e-6 && Math.abs(later.box.height - 0.3) < 1e-6)
  }
})

t.test('irregular times tell the same as regular ones', async t => {
  const random = createRandom(5)
  const irregular = [0, ...Array.from({ length: 25 }, () => 2 * random()).sort(), 2]
  const regular = follow(everyTenth)
  const other = follow(irregular)
  t.ok(Math.abs(other.speed - regular.speed) < 0.02, `${other.speed}, ${regular.speed}`)
  t.ok(Math.abs(other.box.x - regular.box.x) < 0.01, `${other.box.x}, ${regular.box.x}`)
  regular.predict(0.3)
  for (const part of [0.05, 0.15, 0.1]) other.predict(part)
  t.ok(Math.abs(other.box.x - regular.box.x) < 0.01, `${other.box.x}, ${regular.box.x}`)
})

t.test('a box that stops is held there', async t => {
  const filter = follow(everyTenth)
  filter.stop()
  t.equal(filter.speed, 0)
  const { x } = filter.box
  filter.predict(5)
  t.equal(filter.box.x, x)
})

t.test('a standing box that networks see now here, now there stands more quietly', async t => {
  const random = createRandom(7)
  const filter = createBoxFilter(walker(0))
  let shaken = 0
  let quiet = 0
  for (let i = 0; i < 100; i++) {
    const error = 0.02 * (random() - 0.5)
    filter.predict(0.1)
    filter.correct({ ...walker(0), x: walker(0).x + error })
    shaken += error ** 2
    quiet += (filter.box.x - walker(0).x) ** 2
  }
  t.ok(quiet < 0.9 * shaken, `${quiet} of ${shaken}`)
})

t.test('a box that shrinks away keeps a size', async t => {
  const filter = createBoxFilter({ x: 0.4, y: 0.4, width: 0.2, height: 0.2 })
  for (const width of [0.15, 0.1, 0.05]) {
    filter.predict(0.1)
    filter.correct({ x: 0.5 - width / 2, y: 0.5 - width / 2, width, height: width })
  }
  filter.predict(2)
  t.ok(filter.box.width > 0 && filter.box.width < 1e-3, `${filter.box.width}`)
  t.ok(filter.box.height > 0 && filter.box.height < 1e-3, `${filter.box.height}`)
})
