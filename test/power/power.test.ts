import { join } from 'node:path'
import t, { type Test } from 'tap'
import { monotonicMs } from '../../src/lib/clock.js'
import { powerSchema } from '../../src/power/config.js'
import { boardWatts, openPower, type Power } from '../../src/power/power.js'
import { type BoardFixture, plantBoard } from '../fixtures/board.js'
import { childrenOf, until } from '../fixtures/camera.js'

const networks = { scout: { name: 'scout' }, expert: { name: 'expert' } }
const LOOK = { decode: 5, gate: 1, scout: 10, expert: 0 }

/** The power of a board whose meter is read ten times a second. */
async function powerOf(
  t: Test,
  name: string,
  settings: object = {},
  files: Readonly<Record<string, string>> = {},
) {
  const board = await plantBoard(t, name, files)
  const lines: { meaning: string; fields: object }[] = []
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
    log: { info: (fields: object, meaning: string) => void lines.push({ meaning, fields }) },
  })
  t.teardown(power.close)
  return { power, board, lines }
}

const start = (power: Power, readings: number[] = []) =>
  power.start({ onReading: ({ watts }) => readings.push(watts), aboveIdle: () => 0.5 })

async function breakMeter({ set }: BoardFixture): Promise<void> {
  await set('firmware/pmic_read_adc', undefined)
}

t.test('a board with a meter: modelled at first, then measured, modelled in a silence', async t => {
  const { power, board, lines } = await powerOf(t, 'pi5-load')
  const readings: number[] = []
  t.match(power.energy.knowledge(), { method: 'modelled', scope: 'process' })
  t.match(power.energy.board, 'Raspberry Pi 5')
  t.equal(power.meter(), null, 'not read yet')
  start(power, readings)
  await until(() => power.energy.knowledge().method === 'measured', 'it is measured')
  t.match(power.energy.attribute(LOOK), { method: 'measured', scope: 'soc' })
  t.match(power.meter(), { name: 'pmic', state: 'answering', reading: { watts: Number } })
  t.ok(power.meter()!.joules > 0)
  t.ok(readings.every(watts => Math.abs(watts - 10.8) < 0.01))
  t.match(lines, [{ meaning: 'the meter answers', fields: { meter: 'pmic' } }])

  await breakMeter(board)
  const broken = monotonicMs()
  await until(() => power.energy.knowledge().method === 'modelled', 'the silence is noticed')
  t.ok(monotonicMs() - broken < 1000, `after ${monotonicMs() - broken} ms`)
  t.match(power.energy.attribute(LOOK), { method: 'modelled', scope: 'process' })
  t.match(power.meter(), { state: 'silent', reading: null, reason: /exit code 255|exited|255/ })
  t.match(lines[1], { meaning: 'the meter is silent', fields: { meter: 'pmic' } })
  t.equal(lines.length, 2, 'it is said once')

  await power.close()
  t.same(childrenOf(process.pid), [], 'no process is left')
})

t.test('a board without a meter is modelled, and its state is told', async t => {
  const { power, lines } = await powerOf(t, 'pi4', { batteryWattHours: 37 })
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

t.test('the board draws what a meter at its supply says, else idle and the work', async t => {
  const balance = {
    seconds: 10,
    meterJoules: 35,
    idleJoules: 30,
    stageJoules: 4,
    otherJoules: 1,
    unexplainedJoules: 0,
  }
  const idle = { watts: 2, uncertainty: 0.1, method: 'measured' } as const
  const energy = { balance: () => balance, idle: () => idle }
  t.equal(boardWatts(energy, { scope: 'board' }, 0.4), 3.5)
  t.equal(boardWatts(energy, { scope: 'soc' }, 0.4), 2.4)
  t.equal(boardWatts({ ...energy, balance: () => null }, { scope: 'board' }, 0.4), 2.4)
  t.equal(boardWatts({ ...energy, idle: () => null }, null, 0.4), null)
})
