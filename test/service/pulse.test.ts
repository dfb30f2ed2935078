import t from 'tap'
import { createPulse } from '../../src/service/pulse.js'
import { pushCamera } from '../fixtures/push-camera.js'
import { tinyYuv } from '../fixtures/yuv.js'

t.test('while frames that come are taken, or none come, nothing waits', async t => {
  const camera = pushCamera()
  t.teardown(camera.close)
  const pulse = createPulse(new Map([['porch', camera]]))
  t.equal(pulse.waitingMs(1000), 0)
  t.equal(pulse.waitingMs(60_000), 0, 'a camera without a picture')
  for (const at of [61_000, 75_000, 90_000]) {
    camera.push(tinyYuv())
    await camera.next()
    t.equal(pulse.waitingMs(at), 0)
  }
  t.equal(pulse.waitingMs(200_000), 0, 'it gives none any more')
})

t.test('frames that nobody takes wait, until one is taken', async t => {
  const camera = pushCamera()
  const other = pushCamera('yard')
  t.teardown(camera.close)
  t.teardown(other.close)
  const pulse = createPulse(new Map(Object.entries({ porch: camera, yard: other })))
  camera.push(tinyYuv())
  t.equal(pulse.waitingMs(0), 0)
  camera.push(tinyYuv())
  t.equal(pulse.waitingMs(1000), 1000)
  camera.push(tinyYuv())
  t.equal(pulse.waitingMs(9000), 9000)
  t.equal(pulse.waitingMs(11_000), 11_000, 'also when no more come')
  await camera.next()
  camera.push(tinyYuv())
  t.equal(pulse.waitingMs(12_000), 0)
  camera.push(tinyYuv())
  t.equal(pulse.waitingMs(13_000), 1000)
  other.push(tinyYuv())
  await other.next()
  t.equal(pulse.waitingMs(14_000), 0, 'another camera is looked at')
})
