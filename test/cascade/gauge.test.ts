import t from 'tap'
import { budgetSchema } from '../../src/cascade/config.js'
import { type BudgetSample, createGauges } from '../../src/cascade/gauge.js'

const idle = { atMs: 0, millijoules: 0, milliseconds: 0, watts: 0, celsius: null, throttled: false }

/** The only gauge of such a budget, after `seconds` of ten equal frames a second. */
function gaugeAfter(target: object, seconds: number, sample: Partial<BudgetSample>) {
  const [gauge] = createGauges(budgetSchema.parse(target))
  const feed = (seconds: number, sample: Partial<BudgetSample>) => {
    for (let i = 0; i < seconds * 10; i++) gauge!.observe({ ...idle, ...sample }, 0.1)
  }
  feed(seconds, sample)
  return { gauge: gauge!, feed }
}

t.test('each target has a gauge that reads its own quantity', async t => {
  const targets = { watts: 1, millijoulesPerFrame: 1, milliseconds: 1, celsius: 50 }
  const gauges = createGauges(budgetSchema.parse(targets))
  for (const gauge of gauges) {
    gauge.observe({ ...idle, watts: 11, millijoules: 12, milliseconds: 13, celsius: 14 }, 0.1)
  }
  t.same(
    gauges.map(gauge => [gauge.name, gauge.target, gauge.actual()]),
    [
      ['watts', 1, 11],
      ['millijoulesPerFrame', 1, 12],
      ['milliseconds', 1, 13],
      ['celsius', 50, 14],
    ],
  )
  t.same(createGauges(budgetSchema.parse({})), [])
})

t.test('over its target it wants down, under it up, and up more slowly', async t => {
  const target = { millijoulesPerFrame: 4 }
  const doubled = gaugeAfter(target, 10, { millijoules: 8 }).gauge.wants()!
  t.ok(Math.abs(doubled + 0.15 * Math.log(2)) < 1e-9)
  const halved = gaugeAfter(target, 10, { millijoules: 2 }).gauge.wants()!
  t.ok(halved > 0 && halved < -doubled, `${halved} per second`)
  t.equal(gaugeAfter(target, 10, { millijoules: 0 }).gauge.wants(), 0.05)
  t.equal(gaugeAfter(target, 10, { millijoules: 4000 }).gauge.wants(), -0.15)
})

t.test('within four per cent it rests, and once it moves it goes on to the target', async t => {
  const { gauge, feed } = gaugeAfter({ milliseconds: 10 }, 10, { milliseconds: 10.3 })
  t.equal(gauge.wants(), 0)
  feed(60, { milliseconds: 11 })
  t.ok(gauge.wants()! < 0)
  feed(60, { milliseconds: 10.3 })
  t.ok(gauge.wants()! < 0)
  feed(60, { milliseconds: 10.05 })
  t.equal(gauge.wants(), 0)
  feed(60, { milliseconds: 10.3 })
  t.equal(gauge.wants(), 0)
})

t.test('the last seconds and the last quarter minute have to agree', async t => {
  const { gauge, feed } = gaugeAfter({ millijoulesPerFrame: 4 }, 30, { millijoules: 8 })
  t.ok(gauge.wants()! < 0)
  // put right, though the slow average has not seen it yet
  feed(2, { millijoules: 2 })
  t.equal(gauge.wants(), 0)
  feed(20, { millijoules: 2 })
  t.ok(gauge.wants()! > 0)
})

t.test('heat is met before it is there, and slowly', async t => {
  const { gauge, feed } = gaugeAfter({ celsius: 70 }, 120, { celsius: 60 })
  t.ok(gauge.wants()! > 0)
  for (let celsius = 60; celsius < 68; celsius += 0.5) feed(2, { celsius })
  const wanted = gauge.wants()!
  t.ok(wanted < 0 && wanted > -0.01, `${wanted} per second at 67.5 degrees and rising`)
})

t.test('a gauge that cannot tell wants nothing', async t => {
  const { gauge, feed } = gaugeAfter({ celsius: 70 }, 1, { celsius: null })
  t.equal(gauge.wants(), undefined)
  feed(1, { celsius: 90 })
  t.ok(gauge.wants()! < 0)
  feed(1, { celsius: null })
  t.equal(gauge.wants(), undefined)
})
