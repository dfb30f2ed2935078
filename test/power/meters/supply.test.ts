import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { probeSupply, readCharge } from '../../../src/power/meters/supply.js'
import { plantBoard } from '../../fixtures/board.js'
import { near, opened } from '../../fixtures/meter.js'

const supplies = 'sys/class/power_supply'
const bat0 = `${supplies}/BAT0`
const usb = `${supplies}/axp20x-usb`
const full = `${supplies}/axp20x-battery`

t.test('a battery that discharges tells what the board draws, whatever the sign', async t => {
  const board = await plantBoard(t, 'battery')
  const { meter, read } = await opened(t, probeSupply, board)
  t.match(meter, { name: 'supply', scope: 'board', accuracy: 0.05, warnings: [] })
  t.equal(meter.source, '/sys/class/power_supply/BAT0')
  const { watts, rails } = await read()
  near(t, watts, 6.46)
  t.same(rails, [{ name: 'BAT0', watts }])
})

t.test('microwatts are preferred where the battery tells them', async t => {
  const board = await plantBoard(t, 'battery', { [`${bat0}/power_now`]: '7000000\n' })
  near(t, (await (await opened(t, probeSupply, board)).read()).watts, 7)
})

t.test(
  'a battery that is charged or full says nothing of the board, until it discharges',
  async t => {
    const { root, ...board } = await plantBoard(t, 'battery')
    const { read } = await opened(t, probeSupply, { root, ...board })
    for (const status of ['Charging', 'Full', 'Not charging', 'Unknown']) {
      await writeFile(join(root, bat0, 'status'), `${status}\n`)
      await t.rejects(read(), {
        code: 'METER_SILENT',
        message: `/${bat0}/status: expected Discharging, found ${status}. A supply tells what the board draws only while it feeds it.`,
      })
    }
    await writeFile(join(root, bat0, 'status'), 'Discharging\n')
    near(t, (await read()).watts, 6.46)
  },
)

t.test(
  'a supply that measures is read while it is online; what was agreed on is no measurement',
  async t => {
    const { root, ...board } = await plantBoard(t, 'usb-supply')
    const { meter, read } = await opened(t, probeSupply, { root, ...board })
    t.equal(meter.source, `/${full}, /${usb}`)
    const { watts, rails } = await read()
    near(t, watts, 5.02 * 0.61)
    t.same(
      rails.map(rail => rail.name),
      ['axp20x-usb'],
    )
    await writeFile(join(root, usb, 'online'), '0\n')
    await t.rejects(read(), {
      code: 'METER_SILENT',
      message: /axp20x-usb\/online: expected 1, found 0/,
    })
    await writeFile(join(root, full, 'status'), 'Discharging\n')
    await writeFile(join(root, full, 'current_now'), '700000\n')
    near(t, (await read()).watts, 4.15 * 0.7)
  },
)

t.test('what charges the battery is not what the board draws', async t => {
  const board = await plantBoard(t, 'usb-supply', {
    [`${full}/status`]: 'Charging\n',
    [`${full}/current_now`]: '200000\n',
  })
  const { watts, rails } = await (await opened(t, probeSupply, board)).read()
  near(t, watts, 5.02 * 0.61 - 4.15 * 0.2)
  t.same(
    rails.map(rail => rail.name),
    ['axp20x-usb'],
  )
})

t.test('a supply that comes under another name is found again', async t => {
  const board = await plantBoard(t, 'battery')
  const { meter, read } = await opened(t, probeSupply, board)
  await board.set(bat0, undefined)
  await t.rejects(read(), { code: 'METER_SILENT', message: /found a file that cannot be read/ })
  const bat1 = `${supplies}/BAT1`
  await board.set(`${bat1}/type`, 'Battery\n')
  await board.set(`${bat1}/status`, 'Discharging\n')
  await board.set(`${bat1}/power_now`, '5000000\n')
  near(t, (await read()).watts, 5)
  t.equal(meter.source, `/${bat1}`)
})

t.test('garbage is no power', async t => {
  const { root, ...board } = await plantBoard(t, 'battery')
  const { read } = await opened(t, probeSupply, { root, ...board })
  await writeFile(join(root, bat0, 'voltage_now'), 'high\n')
  await t.rejects(read(), {
    code: 'METER_SILENT',
    message: /voltage_now: expected a number, found "high"/,
  })
})

t.test('there is no meter that may not be read, and none without supplies', async t => {
  const board = await plantBoard(t, 'battery')
  await board.forbid(`${bat0}/current_now`)
  t.equal(await probeSupply(board), undefined)
  t.equal(await probeSupply(await plantBoard(t, 'x86-rapl')), undefined)
})

t.test("the machine's battery says how full it is, not the mouse's", async t => {
  const { sysfs, set } = await plantBoard(t, 'battery')
  t.equal(await readCharge(sysfs), 0.74)
  for (const senseless of ['101\n', '-1\n', 'full\n', undefined]) {
    await set(`${bat0}/capacity`, senseless)
    t.equal(await readCharge(sysfs), undefined, senseless ?? 'no file')
  }
  await set(bat0, undefined)
  t.equal(await readCharge(sysfs), undefined)
})
