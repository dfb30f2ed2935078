import { setTimeout } from 'node:timers/promises'
import t from 'tap'
import { monotonicMs } from '../../../src/lib/clock.js'
import { createRandom } from '../../../src/lib/random.js'
import type { Meter, MeterStatus, Reading } from '../../../src/power/meters/meter.js'
import { createSampler, type SamplerOptions } from '../../../src/power/meters/sampler.js'
import { until } from '../../fixtures/camera.js'

type Answer = number | Error | ((signal: AbortSignal) => Promise<Reading>)

const reading = (watts: number, at = monotonicMs()): Reading => ({
  ...{ watts, at },
  rails: [{ name: 'VDD', watts }],
})

/** A meter that plays a script, then repeats its last answer; watts, a failure, or anything. */
function scripted(...script: readonly [Answer, ...Answer[]]) {
  const asked: number[] = []
  const meter: Meter = {
    ...{ name: 'scripted', scope: 'board', accuracy: 0.02, source: 'a test', warnings: ['Paper.'] },
    async read(signal) {
      const answer = script[Math.min(asked.length, script.length - 1)]!
      asked.push(monotonicMs())
      if (answer instanceof Error) throw answer
      return typeof answer === 'number' ? reading(answer) : answer(signal)
    },
    async close() {},
  }
  return { meter, asked }
}

const HASTY = { everyMs: 20, timeoutMs: 50 }

/** Samples until the test stops it; remembers what it is told. */
function start(meter: Meter, more: Partial<SamplerOptions> = {}, pace: object = HASTY) {
  const stop = new AbortController()
  const taken: { readonly watts: number; readonly at: number; readonly seconds: number }[] = []
  const changes: MeterStatus[] = []
  const sampler = createSampler({
    ...{ meter, ...pace, signal: stop.signal },
    onReading: ({ watts, at }, seconds) => taken.push({ watts, at, seconds }),
    onChange: status => changes.push(status),
    ...more,
  })
  return { ...sampler, taken, changes, stop: () => stop.abort() }
}

const never = () => new Promise<never>(() => {})
const broken = new Error('the bus is gone')

t.test('readings come in order with the seconds between them, and add up to joules', async t => {
  const { meter } = scripted(1, 2, 3, 4)
  const { taken, changes, status, stop, ended } = start(meter, { everyMs: 150 })
  t.match(status(), {
    state: 'silent',
    reading: null,
    reason: 'it has not been read yet',
    joules: 0,
  })
  await until(() => taken.length === 4)
  stop()
  await ended
  t.same(
    taken.map(({ watts }) => watts),
    [1, 2, 3, 4],
  )
  t.equal(taken[0]!.seconds, 0, 'nobody knows since when')
  let joules = 0
  for (const [i, { watts, at, seconds }] of taken.entries()) {
    if (i === 0) continue
    t.equal(seconds, (at - taken[i - 1]!.at) / 1000)
    joules += watts * seconds
  }
  t.equal(status().joules, joules)
  t.ok(joules > 0.5)
  const { name, scope, accuracy, source, warnings } = meter
  t.same(status(), {
    ...{ name, scope, accuracy, source, warnings, joules },
    ...{ state: 'answering', reason: null },
    reading: { watts: 4, rails: [{ name: 'VDD', watts: 4 }] },
  })
  t.same(
    changes.map(({ state }) => state),
    ['answering'],
  )
})

const gaps = (asked: readonly number[]) => asked.slice(1).map((at, i) => at - asked[i]!)

t.test('the intervals vary by a quarter around their mean', async t => {
  const { meter, asked } = scripted(1)
  const random = () => (asked.length <= 4 ? 0 : 0.999)
  const { stop, ended } = start(meter, { everyMs: 200, random })
  await until(() => asked.length === 9)
  stop()
  await ended
  // a machine that stalls makes some longer, none shorter
  const shortest = Math.min(...gaps(asked).slice(0, 4))
  const longest = Math.min(...gaps(asked).slice(4))
  t.ok(shortest >= 149 && shortest < 200, `${shortest} ms`)
  t.ok(longest >= 248 && longest < 300, `${longest} ms`)
})

t.test('by default chance sets the intervals', async t => {
  const { meter, asked } = scripted(1)
  const { stop, ended } = start(meter, { everyMs: 100 })
  await until(() => asked.length === 10)
  stop()
  await ended
  const random = createRandom(1)
  const lateMs = gaps(asked).map(ms => ms - 100 * (0.75 + random() / 2))
  t.ok(Math.min(...lateMs) > -2, `${lateMs} ms`)
  const median = lateMs.sort((a, b) => a - b)[4]!
  t.ok(median < 20, `${median} ms`)
})

t.test(
  'a failure makes the meter silent at once, with its reason, and the next answer ends that',
  async t => {
    const { meter } = scripted(5, 5, broken, broken, 7, 7)
    const { taken, changes, status, stop, ended } = start(meter)
    await until(() => changes.length === 2)
    t.match(changes[1], { state: 'silent', reading: null, reason: 'the bus is gone' })
    await until(() => taken.length === 4)
    stop()
    await ended
    t.same(
      changes.map(({ state, reason, reading }) => [state, reason, reading?.watts]),
      [
        ['answering', null, 5],
        ['silent', 'the bus is gone', undefined],
        ['answering', null, 7],
      ],
    )
    // 5 W and 7 W for one interval each, nothing for the silence
    const [, second, third, fourth] = taken
    t.equal(third!.seconds, 0)
    t.equal(status().joules, 5 * second!.seconds + 7 * fourth!.seconds)
  },
)

t.test('a meter that has never answered is told as well', async t => {
  const { meter } = scripted(broken)
  const { changes, stop, ended } = start(meter)
  await until(() => changes.length === 1)
  t.match(changes, [{ state: 'silent', reason: 'the bus is gone', joules: 0 }])
  stop()
  await ended
})

t.test('readings further apart than three intervals are not bridged', async t => {
  const at = monotonicMs()
  const on = (ms: number) => async () => reading(10, at + ms)
  const { meter } = scripted(on(0), on(60), on(121), on(141), never)
  const { taken, status, stop, ended } = start(meter)
  await until(() => taken.length === 4)
  stop()
  await ended
  t.same(
    taken.map(({ seconds }) => seconds.toFixed(3)),
    ['0.000', '0.060', '0.000', '0.020'],
  )
  t.equal(status().joules.toFixed(3), '0.800')
})

t.test('silence is noticed after the longest interval and one reading', async t => {
  const { meter, asked } = scripted(1, never)
  const longest = { everyMs: 100, timeoutMs: 100, random: () => 0.999 }
  const { changes, status, stop, ended } = start(meter, longest)
  await until(() => changes.length === 2)
  const tookMs = monotonicMs() - asked[0]!
  // two intervals and two readings would take twice as long
  t.ok(tookMs >= 223 && tookMs < 450, `${tookMs} ms`)
  t.match(status(), { state: 'silent', reading: null })
  t.equal(asked.length, 2)
  stop()
  await ended
})

t.test('with its own intervals that is within a second', async t => {
  const at = monotonicMs()
  const on = (ms: number) => async () => reading(10, at + ms)
  const { meter } = scripted(on(0), on(1500), on(3001), never)
  const { taken, changes, stop, ended } = start(meter, { random: () => 0 }, {})
  await until(() => changes.length === 2)
  stop()
  await ended
  // 500 ms, as no more than three intervals are bridged: 1.25 * 500 + 300 < 1000
  t.same(
    taken.map(({ seconds }) => seconds.toFixed(3)),
    ['0.000', '1.500', '0.000'],
  )
  t.match(changes[1], { state: 'silent', reason: 'no answer within 300 ms' })
})

t.test(
  'a reading that is late is told to stop, and no other begins before it has settled',
  async t => {
    const told: AbortSignal[] = []
    let settle = (_late: Reading) => {}
    const slow = (signal: AbortSignal) => {
      told.push(signal)
      return new Promise<Reading>(resolve => {
        settle = resolve
      })
    }
    const { meter, asked } = scripted(1, slow, 3)
    const { taken, changes, status, stop, ended } = start(meter)
    await until(() => changes.length === 2)
    t.match(changes[1], { state: 'silent', reason: 'no answer within 50 ms' })
    t.equal(told[0]?.aborted, true)
    await until(() => status().reason === 'it still does not answer')
    t.equal(asked.length, 2)
    settle(reading(2))
    await until(() => taken.length === 2)
    stop()
    await ended
    t.same(
      taken.map(({ watts }) => watts),
      [1, 3],
      'what came too late is none',
    )
  },
)

t.test('after ten failures in a row a meter is asked rarely', async t => {
  const { meter, asked } = scripted(1, broken)
  const { stop, ended } = start(meter, { everyMs: 4 })
  await until(() => asked.length === 11)
  await setTimeout(200)
  t.equal(asked.length, 11)
  stop()
  await ended
})

t.test('ten failures with an answer in between are not in a row', async t => {
  const nine = Array<Error>(9).fill(broken)
  const { meter, asked } = scripted(1, ...nine, 1, ...nine, 1)
  const { stop, ended } = start(meter, { everyMs: 4 })
  await until(() => asked.length > 22)
  stop()
  await ended
  const tookMs = asked[21]! - asked[0]!
  t.ok(tookMs < 3700, `${tookMs} ms`)
})

t.test(
  'the end tells the reading under way to stop, and does not wait for it for long',
  async t => {
    const obeys = (signal: AbortSignal) =>
      new Promise<never>((_, reject) => {
        signal.addEventListener('abort', () => reject(new Error('stopped')))
      })
    for (const [answer, timeoutMs] of [
      [obeys, 60_000],
      [never, 500],
    ] as const) {
      const { meter, asked } = scripted(answer)
      const { changes, status, stop, ended } = start(meter, { timeoutMs })
      await until(() => asked.length === 1)
      stop()
      await ended
      t.same(changes, [], 'the end is no failure of the meter')
      t.equal(status().reason, 'it has not been read yet')
    }
  },
)

t.test('a sampler that is over before it begins reads nothing', async t => {
  const { meter, asked } = scripted(1)
  const { ended } = start(meter, { signal: AbortSignal.abort() })
  await ended
  t.same(asked, [])
})

t.test('what a callback throws ends the sampling and is not lost', async t => {
  const wrong = () => {
    throw new Error('a bug')
  }
  for (const more of [{ onReading: wrong }, { onChange: wrong }]) {
    const { meter, asked } = scripted(1)
    await t.rejects(start(meter, more).ended, { message: 'a bug' })
    t.equal(asked.length, 1)
  }
})
