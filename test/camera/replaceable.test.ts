import t from 'tap'
import { replaceable } from '../../src/camera/replaceable.js'
import { supervise } from '../../src/camera/supervise.js'
import type { Frame } from '../../src/frame/frame.js'
import { memoryLog } from '../fixtures/camera.js'
import { pushCamera } from '../fixtures/push-camera.js'
import { tinyYuv } from '../fixtures/yuv.js'

/** A camera of one picture; it counts on from `lastFrame`, then ends. */
function onePicture(lastFrame: number) {
  return supervise({
    id: 'porch',
    lastFrame,
    log: memoryLog(),
    source: {
      kind: 'demo',
      label: 'one picture',
      async run(sink) {
        await new Promise(setImmediate)
        sink.put(tinyYuv())
      },
    },
  })
}

t.test('who waits and who watches goes on with the camera that takes the place', async t => {
  const first = pushCamera()
  const camera = replaceable(first)
  t.teardown(camera.close)
  const seen: number[] = []
  const leaving = new AbortController()
  const left: number[] = []
  camera.watch(frame => seen.push(frame.id), new AbortController().signal)
  camera.watch(frame => left.push(frame.id), leaving.signal)
  camera.watch(() => t.fail('has left before'), AbortSignal.abort())
  await new Promise(setImmediate)
  first.push(tinyYuv())
  t.match(await camera.next(), { camera: 'porch', id: 1 })
  t.equal(camera.kind, 'replay')

  leaving.abort()
  const waiting = camera.next()
  await camera.replace(onePicture)
  t.match(await waiting, { id: 2 }, 'frames are counted on')
  t.equal(camera.kind, 'demo')
  t.equal(camera.latest()?.id, 2)
  t.same(seen, [1, 2])
  t.same(left, [1])
})

t.test('material that has ended is followed by other material', async t => {
  const camera = replaceable(onePicture(0))
  t.teardown(camera.close)
  t.match(await camera.next(), { id: 1 })
  const waiting = camera.next()
  await new Promise(setImmediate)
  t.equal(camera.status().state, 'ended')
  await camera.replace(onePicture)
  t.match(await waiting, { id: 2 })
})

t.test('two changes at once happen one after the other, and the last one holds', async t => {
  const camera = replaceable(pushCamera())
  t.teardown(camera.close)
  const last = pushCamera()
  await Promise.all([camera.replace(onePicture), camera.replace(() => last)])
  const waiting = camera.next()
  await new Promise(setImmediate)
  last.push(tinyYuv())
  t.ok(await waiting)
  t.equal(camera.latest(), last.latest())
})

t.test('closing ends the waiting, closes the camera, and opens no other', async t => {
  const first = pushCamera()
  const rests: boolean[] = []
  const camera = replaceable({ ...first, rest: quiet => rests.push(quiet) })
  camera.rest(true)
  t.same(rests, [true])
  const waiting = camera.next()
  const replacing = camera.replace(() => {
    throw new Error('opened')
  })
  await Promise.all([camera.close(), replacing])
  t.equal(await waiting, undefined)
  t.equal(await camera.next(), undefined)
  t.equal(camera.status().state, 'closed')
  const never = (_: Frame) => t.fail('nobody is shown anything')
  camera.watch(never, new AbortController().signal)
})

t.test('one that gave no frame does not begin the count anew', async t => {
  const first = pushCamera()
  const camera = replaceable(first)
  t.teardown(camera.close)
  first.push(tinyYuv())
  const starts: number[] = []
  for (let i = 0; i < 2; i++) {
    await camera.replace(lastFrame => {
      starts.push(lastFrame)
      return pushCamera()
    })
  }
  t.same(starts, [1, 1])
})
