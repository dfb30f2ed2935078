import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { createBoardReader } from '../../../src/power/board/state.js'
import { watchBoard } from '../../../src/power/board/watch.js'
import { plantBoard } from '../../fixtures/board.js'
import { until } from '../../fixtures/camera.js'

const TEMPERATURE = 'sys/class/thermal/thermal_zone0/temp'

t.test('the newest reading is told, and nothing before the first', async t => {
  const stopping = new AbortController()
  t.teardown(() => stopping.abort())
  const { sysfs, set } = await plantBoard(t, 'pi5-state')
  const { signal } = stopping
  const state = watchBoard(createBoardReader({ sysfs, signal }), signal, 5)
  t.match(state(), { celsius: null, throttled: null, memory: null, clocks: [] })
  await until(() => state().celsius === 48.312)
  t.match(state(), { clocks: [{ name: 'policy0' }], underVoltage: { ever: false } })
  await set(TEMPERATURE, '70000\n')
  await until(() => state().celsius === 70)
})

t.test('it reads no more once it is told to stop', async t => {
  const stopping = new AbortController()
  const { sysfs, set } = await plantBoard(t, 'pi5-state')
  const { signal } = stopping
  const state = watchBoard(createBoardReader({ sysfs, signal }), signal, 5)
  await until(() => state().celsius === 48.312)
  stopping.abort()
  await sleep(20)
  await set(TEMPERATURE, '70000\n')
  await sleep(40)
  t.equal(state().celsius, 48.312)
})

t.test('chips warm up slowly: one reading is enough for two seconds', async t => {
  const stopping = new AbortController()
  t.teardown(() => stopping.abort())
  const { sysfs, set } = await plantBoard(t, 'pi5-state')
  const { signal } = stopping
  const state = watchBoard(createBoardReader({ sysfs, signal }), signal)
  await until(() => state().celsius === 48.312)
  await set(TEMPERATURE, '70000\n')
  await sleep(100)
  t.equal(state().celsius, 48.312)
})
