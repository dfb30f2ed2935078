import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { probeIna } from '../../../src/power/meters/ina.js'
import { plantBoard } from '../../fixtures/board.js'
import { near, opened } from '../../fixtures/meter.js'

const chip = 'sys/bus/i2c/devices/1-0040/hwmon/hwmon4'
const ina3221 = 'sys/class/hwmon/hwmon2'
const ina219 = 'sys/class/hwmon/hwmon1'

t.test("an INA226 among the Pi's own sensors is found by its name", async t => {
  const { meter, read } = await opened(t, probeIna, await plantBoard(t, 'ina-on-a-pi'))
  t.match(meter, { name: 'ina226', scope: 'board', accuracy: 0.02, warnings: [] })
  t.equal(meter.source, '/sys/class/hwmon/hwmon4 (ina226, shunt 10 mOhm)')
  const { watts, rails } = await read()
  near(t, watts, 4.1375)
  t.same(rails, [{ name: 'ina226', watts }])
})

t.test('without a register of power it is volts times amperes', async t => {
  const board = await plantBoard(t, 'ina-on-a-pi', {
    [`${chip}/power1_input`]: undefined,
    [`${chip}/label`]: 'board\n',
  })
  const { read } = await opened(t, probeIna, board)
  const { watts, rails } = await read()
  near(t, watts, 5.096 * 0.812)
  t.equal(rails[0]?.name, 'board')
})

t.test('current that flows the other way is no power', async t => {
  const board = await plantBoard(t, 'ina-on-a-pi', {
    [`${chip}/power1_input`]: undefined,
    [`${chip}/curr1_input`]: '-812\n',
  })
  const { read } = await opened(t, probeIna, board)
  await t.rejects(read(), {
    code: 'METER_SILENT',
    message: /hwmon4 \(ina226, .*\): expected 0 to 1000 W, found -4\.138 W/,
  })
})

t.test('the channels of an INA3221 are summed unless the configuration chooses', async t => {
  const board = await plantBoard(t, 'ina3221-on-a-pi')
  const all = await opened(t, probeIna, board)
  t.match(all.meter, { name: 'ina3221', warnings: [/^board and camera are summed/] })
  t.equal(all.meter.source, '/sys/class/hwmon/hwmon2 (ina3221, shunt 100, 100, 100 mOhm)')
  near(t, (await all.read()).watts, 5.104 * 0.64 + 5.08 * 0.2)
  const one = await opened(t, probeIna, board, ['board'])
  t.same(one.meter.warnings, [])
  const { watts, rails } = await one.read()
  near(t, watts, 5.104 * 0.64)
  t.same(
    rails.map(rail => rail.name),
    ['board', 'camera'],
  )
})

t.test('a shunt that the driver may take for another is reported, with the command', async t => {
  const { meter } = await opened(t, probeIna, await plantBoard(t, 'ina219-on-a-zero'))
  t.equal(meter.name, 'ina219')
  t.match(meter.warnings, [
    /ten times too high.* echo 100000 \| sudo tee \/sys\/class\/hwmon\/hwmon1\/shunt_resistor$/,
  ])
  const mended = await plantBoard(t, 'ina219-on-a-zero', {
    [`${ina219}/shunt_resistor`]: '100000\n',
    [`${ina219}/curr1_input`]: '350\n',
    [`${ina219}/power1_input`]: '1776000\n',
  })
  const { meter: right, read } = await opened(t, probeIna, mended)
  t.same(right.warnings, [])
  near(t, (await read()).watts, 1.775)
})

t.test('a power that volts and amperes do not give is reported', async t => {
  const board = await plantBoard(t, 'ina-on-a-pi', { [`${chip}/power1_input`]: '4500000\n' })
  const { meter } = await opened(t, probeIna, board)
  t.match(meter.warnings, [/differ by more than 5 %.* echo MICROOHMS \| sudo tee/])
})

t.test('a shunt that cannot be read or is built in is said to be so', async t => {
  const board = await plantBoard(t, 'ina-on-a-pi')
  await board.forbid(`${chip}/shunt_resistor`)
  t.match((await opened(t, probeIna, board)).meter.source, /\(ina226, shunt unknown mOhm\)$/)
  await board.set(`${chip}/shunt_resistor`, undefined)
  await board.set(`${chip}/name`, 'ina238\n')
  t.match((await opened(t, probeIna, board)).meter.source, /\(ina238, shunt not stated\)$/)
  await board.set(`${chip}/name`, 'ina260\n')
  t.match((await opened(t, probeIna, board)).meter.source, /\(ina260\)$/)
})

t.test('two chips of a kind are told apart by their address, or else by their number', async t => {
  const board = await plantBoard(t, 'ina-on-a-pi', {
    'sys/class/hwmon/hwmon7/name': 'ina226\n',
    'sys/class/hwmon/hwmon7/power1_input': '1000000\n',
  })
  const { meter, read } = await opened(t, probeIna, board)
  const { watts, rails } = await read()
  near(t, watts, 5.1375)
  t.same(
    rails.map(rail => rail.name),
    ['ina226 1-0040', 'ina226 hwmon7'],
  )
  t.match(meter, { source: /hwmon4 .*, .*hwmon7 /, warnings: [/are summed/] })
  const one = await opened(t, probeIna, board, ['ina226 hwmon7'])
  t.equal(one.meter.source, '/sys/class/hwmon/hwmon7 (ina226, shunt not stated)')
  near(t, (await one.read()).watts, 1)
})

t.test("a Jetson's own sensor is not external, one that was added is", async t => {
  const board = await plantBoard(t, 'jetson-orin-nano-jp6')
  t.equal(await probeIna(board), undefined)
  await board.set('sys/class/hwmon/hwmon5/name', 'ina3221\n')
  await board.set('sys/class/hwmon/hwmon5/in1_label', 'barrel jack\n')
  await board.set('sys/class/hwmon/hwmon5/in1_input', '19000\n')
  await board.set('sys/class/hwmon/hwmon5/curr1_input', '500\n')
  const { watts, rails } = await (await opened(t, probeIna, board)).read()
  near(t, watts, 9.5)
  t.equal(rails.length, 1)
})

t.test('a chip that got another number is found again by its name', async t => {
  const board = await plantBoard(t, 'ina219-on-a-zero')
  const { meter, read } = await opened(t, probeIna, board)
  near(t, (await read()).watts, 17.76)
  await board.set(ina219, undefined)
  await t.rejects(read(), {
    code: 'METER_SILENT',
    message:
      '/sys/class/hwmon/hwmon1/power1_input: expected a number, found a file that cannot be read',
  })
  // another chip takes the number
  await board.set(`${ina219}/name`, 'nvme\n')
  await board.set(`${ina219}/power1_input`, '9000000\n')
  await board.set('sys/class/hwmon/hwmon12/name', 'ina219\n')
  await board.set('sys/class/hwmon/hwmon12/power1_input', '2000000\n')
  near(t, (await read()).watts, 2)
  t.match(meter.source, /hwmon12/)
})

t.test('a rail that is missing from the total is not left out silently', async t => {
  const board = await plantBoard(t, 'ina3221-on-a-pi')
  const { read } = await opened(t, probeIna, board)
  await board.set(`${ina3221}/curr2_input`, undefined)
  await t.rejects(read(), { code: 'METER_SILENT', message: /curr2_input: expected a number/ })
  await board.set(`${ina3221}/curr2_input`, '200\n')
  near(t, (await read()).watts, 5.104 * 0.64 + 5.08 * 0.2)
  await board.forbid(`${ina3221}/in2_input`)
  const partly = await opened(t, probeIna, board)
  await t.rejects(partly.read(), { code: 'METER_SILENT', message: /in2_input: expected a number/ })
})

t.test('garbage is no power, and the next reading may be sound', async t => {
  const { root, ...board } = await plantBoard(t, 'ina-on-a-pi')
  const { read } = await opened(t, probeIna, { root, ...board })
  const file = join(root, chip, 'power1_input')
  for (const garbage of ['', 'forty\n', '4e6\n', '-1\n', 'NaN\n']) {
    await writeFile(file, garbage)
    await t.rejects(read(), { code: 'METER_SILENT' }, garbage)
  }
  await writeFile(file, '4137500\n')
  near(t, (await read()).watts, 4.1375)
})

t.test('there is no meter that may not be read', async t => {
  const board = await plantBoard(t, 'ina-on-a-pi')
  await board.forbid(`${chip}/power1_input`)
  t.equal(await probeIna(board), undefined)
  t.equal(await probeIna(await plantBoard(t, 'x86-rapl')), undefined)
})
