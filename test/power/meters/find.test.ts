import t from 'tap'
import { findMeter, findMeters } from '../../../src/power/meters/find.js'
import { plantBoard } from '../../fixtures/board.js'

/** The name and the watts of what is found on a board. */
async function found(t: import('tap').Test, board: string, kind: Parameters<typeof findMeter>[0]) {
  const { sysfs, path } = await plantBoard(t, board)
  const meter = await findMeter(kind, { sysfs, path })
  if (meter === undefined) return undefined
  t.teardown(meter.close)
  const { watts } = await meter.read(new AbortController().signal)
  return `${meter.name} ${meter.scope} ${watts.toFixed(2)}`
}

t.test('every board gives the total of its own numbers', async t => {
  for (const [board, expected] of [
    ['pi5-load', 'pmic soc 10.80'],
    ['pi5-idle', 'pmic soc 1.90'],
    ['jetson-nano-jp4', 'jetson board 2.54'],
    ['jetson-orin-nano-jp6', 'jetson board 7.55'],
    ['jetson-xavier-nx-jp5', 'jetson board 5.11'],
    ['jetson-nano-tegrastats', 'tegrastats board 2.54'],
    ['ina-on-a-pi', 'ina226 board 4.14'],
    ['battery', 'supply board 6.46'],
  ] as const) {
    t.equal(await found(t, board, 'auto'), expected, board)
  }
  t.match(await found(t, 'x86-rapl', 'auto'), /^rapl soc 0\.00/, 'its counter stands still')
})

t.test('boards that cannot measure have no meter', async t => {
  for (const board of ['pi4', 'zero2w-state', 'doctor-x86'])
    t.equal(await found(t, board, 'auto'), undefined, board)
})

t.test('only what is asked for is looked for', async t => {
  t.equal(await found(t, 'pi5-load', 'off'), undefined)
  t.equal(await found(t, 'pi5-load', 'ina'), undefined)
  t.equal(await found(t, 'pi5-load', 'pmic'), 'pmic soc 10.80')
})

t.test('all that are there can be told', async t => {
  const { sysfs, path, set } = await plantBoard(t, 'pi5-load')
  for (const [file, text] of [
    ['name', 'ina226'],
    ['shunt_resistor', '10000'],
    ['in1_input', '5096'],
    ['curr1_input', '812'],
    ['power1_input', '4137500'],
  ] as const) {
    await set(`sys/class/hwmon/hwmon7/${file}`, `${text}\n`)
  }
  const meters = await findMeters({ sysfs, path })
  for (const { meter } of meters) t.teardown(meter.close)
  t.same(
    meters.map(({ kind, meter }) => [kind, meter.name]),
    [
      ['ina', 'ina226'],
      ['pmic', 'pmic'],
    ],
  )
})
