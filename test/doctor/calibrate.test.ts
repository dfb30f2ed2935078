import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parseConfig } from '../../src/config/load.js'
import { type CalibrateOptions, calibrateDevice, keepUsable } from '../../src/doctor/calibrate.js'
import { createLog } from '../../src/lib/log.js'
import { startService } from '../../src/main.js'
import { isUsable } from '../../src/power/attribution/calibration.js'
import { SOURCES } from '../../src/power/attribution/draw.js'
import { beliefFixture } from '../fixtures/belief.js'
import { type BoardFixture, plantBoard } from '../fixtures/board.js'
import { liveBoard } from '../fixtures/live-board.js'

/** A short calibration of a board, which is kept in its own tree. */
function optionsOf(board: BoardFixture, changes: object = {}): CalibrateOptions {
  const power = { everyMs: 100, calibration: join(board.root, 'state/calibration.json') }
  return {
    config: parseConfig({ server: { port: 0 }, power, ...changes }, {}, 'a test'),
    sysfs: board.sysfs,
    path: board.path,
    seconds: 1.2,
    settleMs: 300,
    rounds: 2,
    onPhase() {},
  }
}

t.test('the draws of a device are measured, kept, and believed from then on', async t => {
  const board = await liveBoard(t, { idleWatts: 2.7, wattsPerCore: 1.2 })
  const phases: string[] = []
  const { calibration, dropped, meter, file } = await calibrateDevice({
    ...optionsOf(board),
    onPhase: (phase, round) => phases.push(`${phase} ${round}`),
  })
  const round = ['idle', 'decode', 'gate', 'scout', 'expert', 'other']
  t.same(phases, [...round.map(phase => `${phase} 0`), ...round.map(phase => `${phase} 1`)])
  t.same(dropped, [])
  t.match(meter, /^ina226 \(/)
  // other tests may make it too noisy to be kept
  t.equal(file, isUsable(calibration) ? join(board.root, 'state/calibration.json') : null)
  const { draw, idle, error } = calibration
  t.ok(Math.abs(idle.watts - 2.7) < 0.5, `idle ${idle.watts} ±${idle.uncertainty}`)
  // while other tests take the processor away, a stage draws less than it is busy: precision is checked on simulated boards
  for (const [i, watts] of draw.watts.entries())
    t.ok(watts > 0.3 && watts < 2.4, `${SOURCES[i]} ${watts} for 1.2`)
  t.ok(error < 0.2, `${error}`)
})

t.test('nothing is calibrated without a meter, or beside a squint that serves', async t => {
  const board = await plantBoard(t, 'pi4')
  await t.rejects(calibrateDevice(optionsOf(board)), { code: 'METER_MISSING' })
  const { config } = optionsOf(board)
  const service = await startService(config, createLog('error'))
  t.teardown(service.close)
  const server = { port: Number(new URL(service.url).port) }
  await t.rejects(calibrateDevice(optionsOf(board, { server })), {
    code: 'BUSY',
    message: /^squint \S+ serves on port \d+: its work would be measured too/,
  })
})

t.test('a meter that falls silent gives no calibration', async t => {
  const board = await plantBoard(t, 'pi5-load')
  const work = calibrateDevice({
    ...optionsOf(board),
    seconds: 0.3,
    settleMs: 50,
    onPhase: () => void board.set('firmware/pmic_read_adc', undefined),
  })
  await t.rejects(work, {
    code: 'METER_SILENT',
    message: /^pmic: expected readings of every phase.*expert, other$/,
  })
  t.equal(await board.sysfs.unreadable('state/calibration.json'), 'absent')
})

t.test('readings that tell nothing are not kept', async t => {
  // whatever is busy, this meter says the same
  const board = await plantBoard(t, 'ina-on-a-pi')
  const { file } = await calibrateDevice({
    ...optionsOf(board),
    seconds: 0.4,
    settleMs: 50,
    rounds: 1,
  })
  t.equal(file, null)
  t.equal(await board.sysfs.unreadable('state/calibration.json'), 'absent')
})

t.test('only a calibration that tells the stages apart is kept', async t => {
  const path = join(t.testdir(), 'calibration.json')
  const of = (own: number) => ({
    draw: beliefFixture([0.5, 0.6, 0.7, 0.8, 0.9], { own, scale: 0.01 }).draw,
    idle: { watts: 2.7, scope: 'board', uncertainty: 0.03, method: 'calibrated' } as const,
    ...({ scope: 'board', noise: 0.02, checks: [], error: 0.01 } as const),
  })
  const board = { board: 'a board', governor: 'ondemand', powerMode: null }
  const conditions = { ...board, scout: 'scout', expert: 'expert', threads: 1 }
  const made = { at: '2026-11-23T09:00:00.000Z', meter: 'ina226', conditions }
  t.equal(await keepUsable(path, of(5), made), null)
  t.notOk(existsSync(path))
  t.equal(await keepUsable(path, of(0.02), made), path)
  t.ok(existsSync(path))
})
