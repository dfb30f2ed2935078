import { setImmediate as turn } from 'node:timers/promises'
import t from 'tap'
import { createLive, type LiveFrame, type Viewer } from '../../src/outputs/live.js'
import { tinyJpeg } from '../fixtures/jpeg.js'
import { pushCamera } from '../fixtures/push-camera.js'
import { tinyYuv } from '../fixtures/yuv.js'

const jpeg = { format: 'jpeg', width: 16, height: 8, data: tinyJpeg() } as const

function viewer(wants = true): Viewer & { frames: LiveFrame[]; wanting: boolean } {
  const frames: LiveFrame[] = []
  const self = {
    frames,
    wanting: wants,
    wants: () => self.wanting,
    put: (frame: LiveFrame) => frames.push(frame),
  }
  return self
}

t.test('a JPEG goes to every viewer as the camera gave it', async t => {
  const camera = pushCamera()
  t.teardown(camera.close)
  const live = createLive({ encode: neverEncode, onError: unexpected })
  const [a, b] = [viewer(), viewer()]
  const leaving = new AbortController()
  live.watch(camera, a, leaving.signal)
  live.watch(camera, b, new AbortController().signal)
  camera.push(jpeg)
  await turn()
  t.equal(a.frames[0]?.jpeg, jpeg.data)
  t.match(b.frames[0], { camera: 'porch', id: 1 })
  t.equal(live.status().viewers, 2)
  leaving.abort()
  camera.push(jpeg)
  await turn()
  t.equal(a.frames.length, 1)
  t.equal(b.frames.length, 2)
  t.equal(live.status().viewers, 1)
})

t.test(
  'raw frames are encoded once for all viewers, and not at all without one who wants them',
  async t => {
    const camera = pushCamera()
    t.teardown(camera.close)
    const live = createLive({ encode: async () => Buffer.from('encoded'), onError: unexpected })
    camera.push(tinyYuv())
    const [a, b] = [viewer(), viewer(false)]
    const signals = [new AbortController(), new AbortController()] as const
    live.watch(camera, a, signals[0].signal)
    live.watch(camera, b, signals[1].signal)
    camera.push(tinyYuv())
    await turn()
    t.equal(Buffer.from(a.frames[0]!.jpeg).toString(), 'encoded')
    a.wanting = false
    camera.push(tinyYuv())
    await turn()
    t.same(live.status(), { viewers: 2, encoded: 1, dropped: 3 })
    for (const { abort } of signals.map(s => ({ abort: () => s.abort() }))) abort()
    camera.push(tinyYuv())
    await turn()
    t.same(live.status(), { viewers: 0, encoded: 1, dropped: 3 })
  },
)

t.test('while one frame is being encoded the next ones are dropped, not queued', async t => {
  const camera = pushCamera()
  t.teardown(camera.close)
  let finish: (data: Uint8Array) => void = () => {}
  const live = createLive({
    encode: () =>
      new Promise(resolve => {
        finish = resolve
      }),
    onError: unexpected,
  })
  const a = viewer()
  live.watch(camera, a, new AbortController().signal)
  camera.push(tinyYuv())
  camera.push(tinyYuv())
  camera.push(tinyYuv())
  finish(Buffer.from('first'))
  await turn()
  t.equal(a.frames.length, 1)
  t.same(live.status(), { viewers: 1, encoded: 1, dropped: 2 })
})

t.test('a still is the newest frame, encoded once however many ask', async t => {
  const camera = pushCamera()
  t.teardown(camera.close)
  const live = createLive({ encode: async () => Buffer.from('encoded'), onError: unexpected })
  await t.rejects(live.still(camera), { code: 'NO_FRAME' })
  camera.push(tinyYuv())
  const [a, b] = await Promise.all([live.still(camera), live.still(camera)])
  t.equal(a, b)
  t.equal(live.status().encoded, 1)
})

t.test('a frame that cannot be encoded is reported, and the next one is shown', async t => {
  const camera = pushCamera()
  t.teardown(camera.close)
  const errors: unknown[] = []
  let broken = true
  const live = createLive({
    encode: async () => {
      if (broken) throw new Error('no')
      return Buffer.from('fine')
    },
    onError: error => errors.push(error),
  })
  const a = viewer()
  live.watch(camera, a, new AbortController().signal)
  camera.push(tinyYuv())
  await turn()
  t.equal(errors.length, 1)
  broken = false
  camera.push(tinyYuv())
  await turn()
  t.equal(a.frames.length, 1)
})

t.test('who leaves while a frame is being encoded gets none, and the others get it', async t => {
  const camera = pushCamera()
  t.teardown(camera.close)
  let finish: (data: Uint8Array) => void = () => {}
  const encode = () =>
    new Promise<Uint8Array>(resolve => {
      finish = resolve
    })
  const live = createLive({ encode, onError: unexpected })
  const [a, b] = [viewer(), viewer()]
  const leaving = new AbortController()
  live.watch(camera, a, leaving.signal)
  live.watch(camera, b, new AbortController().signal)
  camera.push(tinyYuv())
  leaving.abort()
  finish(Buffer.from('encoded'))
  await turn()
  t.same([a.frames.length, b.frames.length], [0, 1])
})

t.test('who has left already gets nothing', async t => {
  const camera = pushCamera()
  t.teardown(camera.close)
  const live = createLive({ encode: neverEncode, onError: unexpected })
  live.watch(camera, viewer(), AbortSignal.abort())
  t.equal(live.status().viewers, 0)
})

/** Fails the test that it happens in. */
function unexpected(error: unknown): never {
  throw error
}

async function neverEncode(): Promise<Uint8Array> {
  throw new Error('there was nothing to encode')
}
