import t from 'tap'
import { createBattery } from '../../src/power/battery.js'
import { plantBoard } from '../fixtures/board.js'
import { until } from '../fixtures/camera.js'

async function batteryOf(t: import('tap').Test, name: string, wattHours: number | undefined) {
  const { sysfs } = await plantBoard(t, name)
  const stopping = new AbortController()
  t.teardown(() => stopping.abort())
  return createBattery({ sysfs, wattHours, signal: stopping.signal })
}

t.test('a battery lasts what is left of it, over what the board draws', async t => {
  const battery = await batteryOf(t, 'battery', 20)
  await until(() => battery.hours(4) !== 5, 'its charge is read')
  t.ok(Math.abs(battery.hours(4)! - (20 * 0.74) / 4) < 1e-9, `${battery.hours(4)}`)
})

t.test('a battery that the kernel does not know of is taken to be full', async t => {
  const battery = await batteryOf(t, 'pi4', 20)
  t.equal(battery.hours(4), 5)
})

t.test('nothing is told where the battery or the draw is unknown', async t => {
  t.equal((await batteryOf(t, 'battery', undefined)).hours(4), null)
  const battery = await batteryOf(t, 'pi4', 20)
  t.equal(battery.hours(null), null)
  t.equal(battery.hours(0), null)
})
