import t from 'tap'
import { createWeather } from '../../../src/cascade/gate/weather.js'
import { type Chance, createChance, type FrameOptions, frame } from '../../fixtures/luma.js'

/** The share of ten seconds' frames that came back cleared, and the last of them. */
function watch(chance: Chance, options: FrameOptions, { ms = 100, shaking = false } = {}) {
  const weather = createWeather()
  let cleared = 0
  let last: Uint8Array = new Uint8Array()
  for (let at = 0; at < 100 * ms; at += ms) {
    const seen = frame(chance, options)
    last = weather.clear(seen, at, shaking)
    if (last !== seen) cleared++
  }
  return { share: cleared / 100, last }
}

t.test('rain is taken out of the picture after a few seconds', async t => {
  const { share, last } = watch(createChance(), { drops: 60 })
  t.ok(share > 0.7, `${share}`)
  const bright = (luma: Uint8Array) => luma.filter(grey => grey > 215).length
  t.ok(bright(frame(createChance(), { drops: 60 })) > 200)
  t.ok(bright(last) < 30, `${bright(last)} cells`)
})

t.test('fair weather is left alone, and so is a camera too slow to tell', async t => {
  t.equal(watch(createChance(), { noise: 5 }).share, 0)
  t.equal(watch(createChance(), { drops: 60 }, { ms: 300 }).share, 0)
})

t.test('edges that jump as the camera shakes are no weather', async t => {
  t.equal(watch(createChance(), { drops: 60 }, { shaking: true }).share, 0)
})

t.test('one thing that flickers is no weather', async t => {
  const chance = createChance()
  const weather = createWeather()
  for (let i = 0; i < 100; i++) {
    const seen = frame(chance, i % 2 ? {} : { figure: [34, 34, 28, 28] })
    t.ok(weather.clear(seen, i * 100, false) === seen)
  }
})

t.test('a figure walks on through cleared rain', async t => {
  const chance = createChance()
  const weather = createWeather()
  for (let i = 0; i < 60; i++) weather.clear(frame(chance, { drops: 60 }), i * 100, false)
  for (let i = 60; i < 90; i++) {
    const left = 20 + (i - 60) * 2
    const seen = weather.clear(
      frame(chance, { drops: 60, figure: [left, 60, 8, 20] }),
      i * 100,
      false,
    )
    if (i < 62) continue
    // where it was a frame ago, as the median is one frame late
    t.ok(seen[70 * 160 + left + 2]! < 80, `${seen[70 * 160 + left + 2]}`)
  }
})
