import t from 'tap'
import { createBreaker } from '../../../src/cascade/remote/breaker.js'
import { backoff } from '../../../src/lib/backoff.js'
import { createRandom } from '../../../src/lib/random.js'

function start(healthyMs = 1000) {
  let ms = 0
  const waits = backoff({ stepsMs: [100, 200, 400], jitter: 0, healthyMs })
  const breaker = createBreaker({ waits, now: () => ms })
  /** How long it is left alone from now on. */
  function patience(): number {
    const start = ms
    while (!breaker.tries()) ms++
    return ms - start
  }
  const fail = (count: number) => {
    for (let i = 0; i < count; i++) breaker.asked(false)
  }
  return { breaker, patience, fail, pass: (by: number) => (ms += by) }
}

t.test('nothing is asked before a first trial, which may begin at once', async t => {
  const { breaker } = start()
  t.equal(breaker.state(), 'open')
  t.ok(breaker.tries())
  t.equal(breaker.state(), 'half-open')
  t.notOk(breaker.tries(), 'one trial at a time')
  breaker.tried(true)
  t.equal(breaker.state(), 'closed')
  t.notOk(breaker.tries(), 'nothing to try')
})

t.test('trials that fail come ever more seldom', async t => {
  const { breaker, patience } = start()
  const waits = [0, 1, 2, 3].map(() => {
    const wait = patience()
    breaker.tried(false)
    return wait
  })
  t.same(waits, [0, 100, 200, 400])
})

t.test('three failures among the last ten requests open it, be they in a row or not', async t => {
  const { breaker, fail, patience } = start()
  breaker.tries()
  breaker.tried(true)
  fail(2)
  for (let i = 0; i < 8; i++) breaker.asked(true)
  fail(1)
  t.equal(breaker.state(), 'closed', 'the first of three is forgotten')
  breaker.asked(true)
  fail(1)
  t.equal(breaker.state(), 'closed', 'so is the second')
  breaker.asked(true)
  fail(1)
  t.equal(breaker.state(), 'open')
  t.equal(patience(), 100)
})

t.test('what comes in late changes nothing', async t => {
  const { breaker, fail, patience } = start()
  breaker.tries()
  breaker.tried(true)
  fail(3)
  fail(2)
  breaker.asked(true)
  t.equal(breaker.state(), 'open')
  t.equal(patience(), 100, 'it waits no longer for it')
  breaker.asked(true)
  t.equal(breaker.state(), 'half-open')
})

t.test('the waits begin anew only after it has been well for a while', async t => {
  const { breaker, fail, patience, pass } = start()
  const bout = (wellMs: number) => {
    const wait = patience()
    breaker.tried(true)
    pass(wellMs)
    fail(3)
    return wait
  }
  t.same([bout(10), bout(10), bout(10), bout(1000), bout(0)], [0, 100, 200, 400, 100])
})

t.test(
  'whatever happens, requests are only sent while fewer than three of the last ten failed',
  async t => {
    const random = createRandom(8)
    const { breaker, pass } = start()
    let last: boolean[] = []
    let opened = 0
    let worst = 0
    for (let step = 0; step < 20_000; step++) {
      pass(10 * random())
      if (breaker.state() === 'closed') {
        worst = Math.max(worst, last.filter(well => !well).length)
        const well = random() < 0.8
        breaker.asked(well)
        last = [...last, well].slice(-10)
      } else if (breaker.tries()) {
        opened++
        breaker.tried(random() < 0.5)
        last = []
      }
    }
    t.equal(worst, 2)
    t.ok(opened > 100)
  },
)
