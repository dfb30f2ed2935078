import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { monotonicMs } from '../../src/lib/clock.js'
import { powerSchema } from '../../src/power/config.js'
import type { Scope } from '../../src/power/energy.js'
import { boardWatts, openPower, type Power, paceOf } from '../../src/power/power.js'
import { type BoardFixture, plantBoard } from '../fixtures/board.js'
import { childrenOf, until } from '../fixtures/camera.js'
import { liveBoard } from '../fixtures/live-board.js'

const networks = { scout: { name: 'scout' }, expert: { name: 'expert' } }

/** The power of a board whose meter is read ten times a second. */
async function powerOf(
  t: Test,
  given: string | BoardFixture,
  settings: object = {},
  files: Readonly<Record<string, string>> = {},
) {
  const board = typeof given === 'string' ? await plantBoard(t, given, files) : given
  const lines: { meaning: string; fields: object }[] = []
  const note = (fields: object, meaning: string) => void lines.push({ meaning, fields })
  const power = await openPower({
    config: powerSchema.parse({
      everyMs: 100,
      calibration: join(board.root, 'calibration.json'),
      ...settings,
    }),
    networks,
    threads: 1,
    root: board.root,
    path: board.path,
    log: { info: note, warn: note },
  })
  t.teardown(power.close)
  return { power, board, lines }
}

const start = (power: Power, readings: number[] = []) =>
  power.start({ onReading: ({ watts }) => readings.push(watts), aboveIdle: () => 0.5 })

t.test('a board with a meter: modelled at first, then measured, modelled in a silence', async t => {
  const board = await liveBoard(t, { wattsPerCore: 2 })
  const { power, lines } = await powerOf(t, board)
  const readings: number[] = []
  const work = { decode: 0, gate: 0, scout: 0, expert: 40 }
  t.match(power.energy.attribute(work), { total: 32, method: 'modelled', scope: 'process' })
  t.equal(power.meter(), null, 'not read yet')
  start(power, readings)
  let isMeasured = false
  for (let look = 0; look < 400 && !isMeasured; look++) {
    for (const end = monotonicMs() + work.expert; monotonicMs() < end; );
    isMeasured = power.energy.attribute(work).method === 'measured'
    await new Promise(resolve => setTimeout(resolve, look % 30 < 15 ? 10 : 90))
  }
  t.ok(isMeasured)
  t.match(power.meter(), { name: 'ina226', state: 'answering', reading: { watts: Number } })
  t.ok(power.meter()!.joules > 0)
  t.ok(readings.length > 10)
  t.match(lines, [{ meaning: 'the meter answers', fields: { meter: 'ina226' } }])

  await board.set('sys/bus/i2c/devices/1-0040', undefined)
  const broken = monotonicMs()
  await until(() => power.energy.knowledge().method === 'modelled', 'the silence is noticed')
  t.ok(monotonicMs() - broken < 1000, `after ${monotonicMs() - broken} ms`)
  t.match(power.energy.attribute(work), { method: 'modelled', scope: 'process' })
  t.match(power.meter(), { state: 'silent', reading: null, reason: /hwmon4/ })
  t.match(lines.at(-1), { meaning: 'the meter is silent', fields: { meter: 'ina226' } })
})

t.test('a meter that comes and goes does not fill the log', async t => {
  const board = await plantBoard(t, 'pi5-load')
  const { power, lines } = await powerOf(t, board)
  start(power)
  const answer = readFileSync(join(board.root, 'firmware/pmic_read_adc'), 'utf8')
  for (let turn = 0; turn < 5; turn++) {
    await until(() => power.meter()!.state === 'answering', 'it answers')
    await board.set('firmware/pmic_read_adc', undefined)
    await until(() => power.meter()!.state === 'silent', 'it is silent')
    await board.set('firmware/pmic_read_adc', answer)
  }
  const silences = lines.filter(({ meaning }) => meaning === 'the meter is silent')
  t.equal(silences.length, 3, 'the first, second and fourth')
  await power.close()
  t.same(childrenOf(process.pid), [], 'no process is left')
})

t.test('a board without a meter is modelled, and its state is told', async t => {
  const { power, lines } = await powerOf(t, 'pi4', { batteryWattHours: 37 })
  t.equal(power.batteryHours(), 37 / 2.7, 'nothing works yet')
  start(power)
  t.equal(power.meter(), null)
  t.match(power.energy.knowledge(), { method: 'modelled' })
  await until(() => power.board().firmware !== null, 'the firmware has been asked')
  t.match(power.board().firmware, { ever: { throttled: true, underVoltage: true } })
  t.ok(Math.abs(power.batteryHours()! - 37 / (2.7 + 0.5)) < 1e-9, 'idle as published, and the work')
  t.same(lines, [])
})

t.test('what is wished for and not there is told, and nothing else happens', async t => {
  const { power, lines } = await powerOf(t, 'pi4', { meter: 'ina' })
  start(power)
  t.match(lines, [{ meaning: /the meter was not found/, fields: { meter: 'ina' } }])
  const off = await powerOf(t, 'pi5-load', { meter: 'off' })
  start(off.power)
  t.same(off.lines, [])
  t.equal(off.power.meter(), null)
})

t.test(
  'other networks are charged as their own counts say, and a meter is listened to anew',
  async t => {
    const work = { decode: 0, gate: 0, scout: 0, expert: 40 }
    const busier = { threads: 2, networks }
    const without = await powerOf(t, 'pi4')
    const before = without.power.energy.attribute(work).total
    await without.power.adapt(busier)
    t.ok(without.power.energy.attribute(work).total > before, 'two threads draw more')

    const board = await liveBoard(t, { wattsPerCore: 2 })
    const { power } = await powerOf(t, board)
    start(power)
    await power.adapt(busier)
    await until(() => power.meter()?.state === 'answering', 'the meter answers')
    t.equal(power.energy.knowledge().method, 'modelled', 'nothing is known of the new ones yet')
    await board.set('sys/bus/i2c/devices/1-0040', undefined)
    await until(() => power.meter()?.state === 'silent', 'the silence is noticed')
  },
)

t.test('a calibration that does not hold any more is told', async t => {
  const { lines } = await powerOf(t, 'pi4', {}, { 'calibration.json': '{}' })
  t.match(lines, [{ meaning: 'the calibration is not used', fields: { reason: /version/ } }])
})

t.test('a listener that fails ends the readings, not the service', async t => {
  const { power, lines } = await powerOf(t, 'pi5-load')
  power.start({
    onReading() {
      throw new Error('a bug')
    },
    aboveIdle: () => 0,
  })
  await until(() => lines.length === 2, 'it is told')
  t.match(lines[1], { meaning: 'the meter is not read any more', fields: { error: 'a bug' } })
  t.match(power.energy.knowledge(), { method: 'modelled' })
})

t.test('a meter is read as often as configured, as it costs, or as usual', async t => {
  t.same(paceOf({ everyMs: 200 }, { everyMs: 1000 }), { everyMs: 200 })
  t.same(paceOf({}, { everyMs: 1000 }), { everyMs: 1000 })
  t.same(paceOf({}, {}), {})
})

t.test('the board draws what a meter at its supply says, else idle and the work', async t => {
  const balance = {
    seconds: 10,
    meterJoules: 35,
    idleJoules: 30,
    stageJoules: 4,
    otherJoules: 1,
    unexplainedJoules: 0,
  }
  const idle = (watts: number, scope: Scope) =>
    ({ watts, scope, uncertainty: 0.1, method: 'measured' }) as const
  const energy = { balance: () => balance, idle: () => idle(2, 'board') }
  const belief = { idle: idle(2.7, 'board') }
  t.equal(boardWatts(energy, belief, { scope: 'board' }, 0.4), 3.5)
  t.equal(boardWatts({ ...energy, balance: () => null }, belief, { scope: 'board' }, 0.4), 2.4)
  const chip = { ...energy, idle: () => idle(1.9, 'soc') }
  const what = 'a meter of the chip does not see the rest of the board'
  t.equal(boardWatts(chip, belief, { scope: 'soc' }, 0.4), 2.7 + 0.4, what)
  t.equal(boardWatts(chip, { idle: null }, { scope: 'soc' }, 0.4), null)
  t.equal(boardWatts({ ...energy, idle: () => null }, belief, null, 0.4), 2.7 + 0.4)
})
