import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import type { Heat } from '../../src/power/board.js'
import { watchHeat } from '../../src/power/heat.js'
import { until } from '../fixtures/camera.js'

t.test('the newest reading is told, and none before the first', async t => {
  const stopping = new AbortController()
  t.teardown(() => stopping.abort())
  let degrees = 50
  const read = async (): Promise<Heat> => ({ celsius: degrees++, throttled: false })
  const heat = watchHeat({ read }, stopping.signal, 5)
  t.same(heat(), { celsius: null, throttled: null })
  await until(() => heat().celsius === 50)
  await until(() => (heat().celsius ?? 0) >= 53)
})

t.test('it reads no more once it is told to stop', async t => {
  const stopping = new AbortController()
  let readings = 0
  const read = async (): Promise<Heat> => ({ celsius: ++readings, throttled: null })
  const heat = watchHeat({ read }, stopping.signal, 5)
  await until(() => readings >= 2)
  stopping.abort()
  const last = readings
  await sleep(40)
  t.equal(readings, last)
  t.equal(heat().celsius, last)
})

t.test('chips warm up slowly: one reading is enough for two seconds', async t => {
  const stopping = new AbortController()
  t.teardown(() => stopping.abort())
  let readings = 0
  const read = async (): Promise<Heat> => ({ celsius: ++readings, throttled: null })
  watchHeat({ read }, stopping.signal)
  await sleep(60)
  t.equal(readings, 1)
})
