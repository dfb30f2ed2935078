import t from 'tap'
import { probeJetson } from '../../../src/power/meters/jetson.js'
import { type BoardFixture, plantBoard } from '../../fixtures/board.js'
import { near, opened } from '../../fixtures/meter.js'

const nano = 'sys/devices/50000000.host1x/546c0000.i2c/i2c-6/6-0040/iio:device0'
const orin = 'sys/devices/platform/c240000.i2c/i2c-1/1-0040/hwmon/hwmon1'

t.test('a Nano with JetPack 4 reports what POM_5V_IN says', async t => {
  const { meter, read } = await opened(t, probeJetson, await plantBoard(t, 'jetson-nano-jp4'))
  t.match(meter, { name: 'jetson', scope: 'board', accuracy: 0.05, warnings: [] })
  t.equal(meter.source, '/sys/bus/i2c/drivers/ina3221x/6-0040/iio:device0')
  const { watts, rails } = await read()
  near(t, watts, 2.545)
  t.same(
    rails.map(rail => rail.name),
    ['POM_5V_IN', 'POM_5V_GPU', 'POM_5V_CPU'],
  )
  near(t, rails[2]!.watts, 0.549)
})

t.test('a Xavier NX with JetPack 5 reports what VDD_IN says', async t => {
  const { meter, read } = await opened(t, probeJetson, await plantBoard(t, 'jetson-xavier-nx-jp5'))
  t.match(meter, { scope: 'board', warnings: [/carrier board/] })
  const { watts, rails } = await read()
  near(t, watts, 5.032 * 1.016)
  t.equal(rails.length, 3)
})

t.test('an Orin Nano reports VDD_IN even where that is less than its other rails', async t => {
  const { meter, read } = await opened(t, probeJetson, await plantBoard(t, 'jetson-orin-nano-jp6'))
  t.equal(meter.source, '/sys/bus/i2c/drivers/ina3221/1-0040/hwmon/hwmon1')
  const { watts, rails } = await read()
  near(t, watts, 7.551)
  t.same(
    rails.map(rail => rail.name),
    ['VDD_IN', 'VDD_CPU_GPU_CV', 'VDD_SOC'],
  )
  near(t, rails[1]!.watts + rails[2]!.watts, 8.849 + 2.46)
})

t.test(
  'an AGX Orin has no rail of the whole board: its rails are summed over both chips',
  async t => {
    const board = await plantBoard(t, 'jetson-agx-orin-jp5')
    const { meter, read } = await opened(t, probeJetson, board)
    t.match(meter, { scope: 'soc', source: /1-0040.*, .*1-0041/, warnings: [/are summed/] })
    const { watts, rails } = await read()
    near(t, watts, 5.1376 + 3.2604 + 5.5 + 1)
    t.notOk(rails.some(rail => rail.name === 'NC'))
  },
)

t.test('the configuration may choose among the rails of an AGX Orin', async t => {
  const board = await plantBoard(t, 'jetson-agx-orin-jp5')
  const { meter, read } = await opened(t, probeJetson, board, ['VIN_SYS_5V0'])
  t.same(meter.warnings, [])
  near(t, (await read()).watts, 5.5)
})

t.test('some kernels nest the folder once more', async t => {
  const board = await plantBoard(t, 'jetson-agx-orin-jp5')
  await board.set('sys/bus/i2c/drivers/ina3221', undefined)
  const folder = 'sys/bus/i2c/drivers/ina3221/1-0040/hwmon/hwmon1/hwmon1'
  await board.set(`${folder}/in1_label`, 'VDD_IN\n')
  await board.set(`${folder}/in1_input`, '5000\n')
  await board.set(`${folder}/curr1_input`, '1000\n')
  near(t, (await (await opened(t, probeJetson, board)).read()).watts, 5)
})

t.test('a driver that was reloaded under another number is found again', async t => {
  const board = await plantBoard(t, 'jetson-orin-nano-jp6')
  const { meter, read } = await opened(t, probeJetson, board)
  near(t, (await read()).watts, 7.551)
  await board.set(orin, undefined)
  await t.rejects(read(), { code: 'METER_SILENT', message: /hwmon1\/in1_input: expected a number/ })
  const next = orin.replace('hwmon1', 'hwmon6')
  await board.set(`${next}/in1_label`, 'VDD_IN\n')
  await board.set(`${next}/in1_input`, '5000\n')
  await board.set(`${next}/curr1_input`, '900\n')
  near(t, (await read()).watts, 4.5)
  t.match(meter.source, /hwmon6$/)
})

t.test('rails may be missing as long as the input answers', async t => {
  const board = await plantBoard(t, 'jetson-orin-nano-jp6')
  const { read } = await opened(t, probeJetson, board)
  await board.set(`${orin}/curr2_input`, undefined)
  const { watts, rails } = await read()
  near(t, watts, 7.551)
  t.same(
    rails.map(rail => rail.name),
    ['VDD_IN', 'VDD_SOC'],
  )
})

t.test('an input that does not answer is not replaced by the sum of the others', async t => {
  for (const file of ['in1_input', 'curr1_input']) {
    const board = await plantBoard(t, 'jetson-orin-nano-jp6')
    const { read } = await opened(t, probeJetson, board)
    await board.set(`${orin}/${file}`, 'forty\n')
    await t.rejects(read(), {
      code: 'METER_SILENT',
      message: new RegExp(`hwmon1/${file}: expected a number, found "forty"`),
    })
    await board.set(`${orin}/${file}`, '5000\n')
    t.ok((await read()).watts > 0)
  }
})

t.test('an input of another name is the whole too', async t => {
  const board = await plantBoard(t, 'jetson-orin-nano-jp6', { [`${orin}/in1_label`]: 'VIN\n' })
  const { meter, read } = await opened(t, probeJetson, board)
  t.match(meter, { scope: 'board', warnings: [] })
  near(t, (await read()).watts, 7.551)
})

t.test('an unnamed channel of JetPack 4 is not connected', async t => {
  const board = await plantBoard(t, 'jetson-nano-jp4')
  await board.forbid(`${nano}/rail_name_2`)
  t.equal((await (await opened(t, probeJetson, board)).read()).rails.length, 2)
})

t.test('there is no meter where nothing may be read', async t => {
  const board = await plantBoard(t, 'jetson-nano-jp4')
  for (const channel of [0, 1, 2]) await board.forbid(`${nano}/in_power${channel}_input`)
  t.equal(await probeJetson(board), undefined)
})

t.test('other machines have none, nor a chip without channels', async t => {
  const empty = async (board: BoardFixture) => t.equal(await probeJetson(board), undefined)
  await empty(await plantBoard(t, 'x86-rapl'))
  await empty(await plantBoard(t, 'ina3221-on-a-pi'))
  const board = await plantBoard(t, 'jetson-nano-jp4')
  for (const channel of [0, 1, 2]) await board.set(`${nano}/rail_name_${channel}`, 'NC\n')
  await empty(board)
})
