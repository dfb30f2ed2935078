/** The whole way of a joule: real looks by real models, a meter that follows this process, and what each look is said to cost. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { samplePhotos } from '../../src/camera/demo.js'
import { startCascade } from '../../src/cascade/cascade.js'
import { cascadeSchema } from '../../src/cascade/config.js'
import { monotonicMs } from '../../src/lib/clock.js'
import { powerSchema } from '../../src/power/config.js'
import type { Balance } from '../../src/power/energy.js'
import { openPower } from '../../src/power/power.js'
import { liveBoard } from '../fixtures/live-board.js'

const WATTS_PER_CORE = 3
const NOTHING: Balance = {
  seconds: 0,
  meterJoules: 0,
  idleJoules: 0,
  stageJoules: 0,
  otherJoules: 0,
  unexplainedJoules: 0,
}

t.test("a board's meter corrects what a table says of it, and the joules add up", async t => {
  const board = await liveBoard(t, { idleWatts: 2.7, wattsPerCore: WATTS_PER_CORE })
  const cascade = await startCascade(cascadeSchema.parse({}))
  t.teardown(cascade.close)
  const power = await openPower({
    config: powerSchema.parse({ everyMs: 100, calibration: join(board.root, 'none.json') }),
    networks: { scout: { name: 'scout' }, expert: { name: 'expert' } },
    threads: 1,
    root: board.root,
    path: board.path,
    log: { info() {}, warn() {} },
  })
  t.teardown(power.close)
  power.start({ onReading() {}, aboveIdle: () => 0 })
  const data = readFileSync(samplePhotos()[0]!)
  const expert = { decode: 0, gate: 0, scout: 0, expert: 10 }
  t.equal(power.energy.attribute(expert).total, 8, 'a Raspberry Pi 5 is believed to draw 0.8 W')

  const begun = monotonicMs()
  let early = NOTHING
  while (monotonicMs() < begun + 16_000) {
    if (monotonicMs() < begun + 9000) early = power.energy.balance() ?? early
    // quiet and busy seconds
    const isBusy = Math.floor(monotonicMs() / 1500) % 2 === 0
    const depth = Math.floor(monotonicMs() / 400) % 2 === 0 ? 'scout' : 'expert'
    const { timingsMs } = await cascade.detect(data, { depth })
    power.energy.attribute(timingsMs)
    await new Promise(resolve => setTimeout(resolve, isBusy ? 5 : 150))
  }

  const { total, method, scope } = power.energy.attribute(expert)
  t.same({ method, scope }, { method: 'measured', scope: 'board' })
  // while other tests take the processor away, the expert draws less than it is busy
  t.ok(total > 14 && total < 40, `${total} mJ for ${10 * WATTS_PER_CORE}, not the table's 8`)
  const idle = power.energy.idle()!
  t.ok(Math.abs(idle.watts - 2.7) < 0.5, `idle ${idle.watts}`)
  const balance = power.energy.balance()!
  t.ok(balance.seconds > 8)
  // the first seconds were charged by the table, which is wrong by a factor of four here
  const late = (part: 'meterJoules' | 'unexplainedJoules') => balance[part] - early[part]
  t.ok(late('meterJoules') > 15)
  t.ok(
    Math.abs(late('unexplainedJoules')) < 0.1 * late('meterJoules'),
    JSON.stringify({ early, balance }),
  )
  t.ok(balance.stageJoules > 0.3 * (balance.meterJoules - balance.idleJoules))
})
