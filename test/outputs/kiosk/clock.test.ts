import t from 'tap'
import { createClock } from '../../../src/outputs/kiosk/clock.js'

/** The service's clock is so far from this one's. */
const AHEAD_MS = 300_000
const serviceNow = () => Date.now() + AHEAD_MS

t.test('ages are told by the clock of the service', t => {
  const clock = createClock()
  const capturedAt = new Date(serviceNow() - 2040).toISOString()
  clock.learn({ id: 1, capturedAt, ageMs: 2000, width: 2, height: 2 })
  const age = clock.since(serviceNow() - 1000)
  t.ok(Math.abs(age - 960) < 50, `${age} ms`)
  clock.reset()
  t.equal(clock.since(serviceNow()), 0)
  t.end()
})

t.test('without results pictures tell how far it is', t => {
  const clock = createClock()
  // half a minute behind: without a result every picture would seem that old
  clock.learnPicture(Date.now() - 30_000)
  const age = clock.since(Date.now() - 30_000)
  t.ok(age < 50, `${age} ms`)
  clock.learnPicture(Number.NaN)
  t.ok(clock.since(Date.now() - 40_000) > 9900)
  t.end()
})

t.test('a clock that is set right is followed', t => {
  const clock = createClock()
  clock.learnPicture(Date.now() - 30_000)
  for (let i = 0; i < 100; i++) clock.learnPicture(Date.now() - 60_000)
  const age = clock.since(Date.now() - 61_000)
  t.ok(age >= 1000 && age < 1050, `${age} ms`)
  t.end()
})
