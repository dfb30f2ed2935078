import { setImmediate } from 'node:timers/promises'
import t from 'tap'

import { isoTime } from '../../src/lib/clock.js'
import { createBoxedLive, createLive, type LiveFrame, statusOf } from '../../src/outputs/live.js'

import { tinyJpeg } from '../fixtures/jpeg.js'
import { pushCamera } from '../fixtures/push-camera.js'
import { resultFixture } from '../fixtures/result.js'
import { tinyYuv } from '../fixtures/yuv.js'

/** Lets all that has been promised come true. */
const turn = () => setImmediate()

const jpeg = { format: 'jpeg', width: 16, height: 8, data: tinyJpeg() } as const

function viewer(wanting = true, most?: number) {
  const frames: LiveFrame[] = []
  const self = {
    frames,
    wanting,
    most,
    lost: 0,
    wants: () => self.wanting,
    width: () => self.most,
    put: (frame: LiveFrame) => frames.push(frame),
    missed: () => {
      self.lost++
    },
  }
  return self
}

const ids = ({ frames }: { readonly frames: readonly LiveFrame[] }) => frames.map(({ id }) => id)

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
  'raw frames are encoded once for all viewers, and not at all while nobody wants one',
  async t => {
    const camera = pushCamera()
    t.teardown(camera.close)
    const live = createLive({ encode: async () => Buffer.from('encoded'), onError: unexpected })
    const [a, b, idle] = [viewer(), viewer(), viewer(false)]
    const leaving = new AbortController()
    for (const one of [a, b, idle]) live.watch(camera, one, leaving.signal)
    camera.push(tinyYuv())
    await turn()
    t.equal(Buffer.from(a.frames[0]!.jpeg).toString(), 'encoded')
    t.equal(a.frames[0], b.frames[0])
    t.same(live.status(), { viewers: 3, encoded: 1, dropped: 0 })
    a.wanting = false
    b.wanting = false
    camera.push(tinyYuv())
    camera.push(tinyYuv())
    await turn()
    t.same(live.status(), { viewers: 3, encoded: 1, dropped: 4 }, 'one misses two, two miss one')
    leaving.abort()
    camera.push(tinyYuv())
    await turn()
    t.same(live.status(), { viewers: 0, encoded: 1, dropped: 4 })
  },
)

t.test('who can take a frame again gets the newest at once, but none twice', async t => {
  const camera = pushCamera()
  t.teardown(camera.close)
  const live = createLive({ encode: neverEncode, onError: unexpected })
  camera.push(jpeg)
  const a = viewer()
  const ready = live.watch(camera, a, new AbortController().signal)
  await turn()
  t.same(ids(a), [1], 'what there was before it came')
  ready()
  await turn()
  t.same(ids(a), [1])
  a.wanting = false
  camera.push(jpeg)
  camera.push(jpeg)
  a.wanting = true
  ready()
  ready()
  await turn()
  t.same(ids(a), [1, 3])
})

t.test(
  'while a frame is being encoded the next ones do not queue: only the newest follows',
  async t => {
    const camera = pushCamera()
    t.teardown(camera.close)
    const finish: ((data: Uint8Array) => void)[] = []
    const encode = () => new Promise<Uint8Array>(resolve => finish.push(resolve))
    const live = createLive({ encode, onError: unexpected })
    const [a, late] = [viewer(), viewer()]
    live.watch(camera, a, new AbortController().signal)
    camera.push(tinyYuv())
    camera.push(tinyYuv())
    camera.push(tinyYuv())
    live.watch(camera, late, new AbortController().signal)
    t.equal(finish.length, 1, 'who comes meanwhile gets the same')
    finish[0]?.(Buffer.from('first'))
    await turn()
    t.same([ids(a), ids(late)], [[1], [1]])
    finish[1]?.(Buffer.from('third'))
    await turn()
    t.same(
      [ids(a), ids(late)],
      [
        [1, 3],
        [1, 3],
      ],
    )
    t.same(live.status(), { viewers: 2, encoded: 2, dropped: 1 })
  },
)

t.test('narrower pictures are made once for all who want that width', async t => {
  const camera = pushCamera()
  t.teardown(camera.close)
  const shrunk: number[] = []
  const live = createLive({
    encode: async (_, width) => Buffer.from(`encoded ${width}`),
    rawWidth: 960,
    async shrink(data, width) {
      t.equal(data, big.data)
      shrunk.push(width)
      return Buffer.from(`shrunk ${width}`)
    },
    onError: unexpected,
  })
  const big = { ...jpeg, width: 1280 }
  const viewers = [viewer(), viewer(true, 640), viewer(true, 640), viewer(true, 1920)]
  for (const one of viewers) live.watch(camera, one, new AbortController().signal)
  camera.push(big)
  await turn()
  const seen = () => viewers.map(({ frames }) => String(frames.at(-1)?.jpeg))
  t.same(seen(), [big.data, 'shrunk 640', 'shrunk 640', big.data].map(String))
  t.same(shrunk, [640])
  t.match(viewers[1]?.frames[0], { width: 640, fullWidth: 1280 })
  camera.push({ ...tinyYuv(), width: 1920 })
  await turn()
  t.same(seen(), ['encoded 960', 'encoded 640', 'encoded 640', 'encoded 960'])
  t.match(viewers[3]?.frames[1], { width: 960, fullWidth: 960 })
  t.equal(live.status().encoded, 3)
})

t.test('without a way to make them narrower, JPEGs stay as they are', async t => {
  const camera = pushCamera()
  t.teardown(camera.close)
  const live = createLive({ encode: neverEncode, onError: unexpected })
  const a = viewer(true, 320)
  live.watch(camera, a, new AbortController().signal)
  camera.push({ ...jpeg, width: 1280 })
  await turn()
  t.equal(a.frames[0]?.jpeg, jpeg.data)
  t.equal(a.frames[0]?.width, 1280)
})

t.test('who changes to another width never sees an older frame', async t => {
  const camera = pushCamera()
  t.teardown(camera.close)
  const finish = new Map<number, (data: Uint8Array) => void>()
  const encode = (_: unknown, width: number) =>
    new Promise<Uint8Array>(resolve => finish.set(width, resolve))
  const live = createLive({ encode, onError: unexpected })
  const [a, slow] = [viewer(true, 640), viewer(true, 320)]
  const raw = { ...tinyYuv(), width: 1280 }
  live.watch(camera, a, new AbortController().signal)
  live.watch(camera, slow, new AbortController().signal)
  camera.push(raw)
  camera.push(raw)
  finish.get(640)?.(Buffer.from('1'))
  await turn()
  finish.get(640)?.(Buffer.from('2'))
  await turn()
  t.same(ids(a), [1, 2])
  // the other width is still busy with the first frame
  a.most = 320
  camera.push(raw)
  finish.get(320)?.(Buffer.from('1'))
  await turn()
  t.equal(a.lost, 1)
  finish.get(320)?.(Buffer.from('3'))
  await turn()
  t.same(
    [ids(a), ids(slow)],
    [
      [1, 2, 3],
      [1, 3],
    ],
  )
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
  t.equal(a.lost, 1)
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
  t.equal(a.lost, 1)
})

t.test('who has left already gets nothing', async t => {
  const camera = pushCamera()
  t.teardown(camera.close)
  const live = createLive({ encode: neverEncode, onError: unexpected })
  const ready = live.watch(camera, viewer(), AbortSignal.abort())
  ready()
  t.equal(live.status().viewers, 0)
})

t.test('what failed is made anew for the next who asks', async t => {
  const camera = pushCamera()
  t.teardown(camera.close)
  let tries = 0
  const errors: unknown[] = []
  const live = createLive({
    async encode() {
      if (tries++ === 0) throw new Error('busy')
      return Buffer.from('encoded')
    },
    onError: error => errors.push(error),
  })
  camera.push(tinyYuv())
  await t.rejects(live.still(camera), { message: 'busy' })
  t.match(errors, [{ message: 'busy' }])
  t.ok(await live.still(camera))
})

t.test('viewers are told camera by camera, and numbers added up', async t => {
  const [porch, yard] = [pushCamera('porch'), pushCamera('yard')]
  t.teardown(() => Promise.all([porch.close(), yard.close()]))
  const lives = [
    createLive({ encode: neverEncode, onError: unexpected }),
    createLive({ encode: neverEncode, onError: unexpected }),
  ] as const
  const { signal } = new AbortController()
  lives[0].watch(porch, viewer(), signal)
  lives[0].watch(yard, viewer(), signal)
  lives[1].watch(yard, viewer(false), signal)
  t.same([lives[0].viewers('porch'), lives[0].viewers('cellar')], [1, 0])
  yard.push(jpeg)
  yard.push(jpeg)
  await turn()
  t.same(statusOf(lives), { viewers: 3, encoded: 0, dropped: 1 })
})

t.test('boxes are drawn once for all viewers, and only while somebody watches', async t => {
  const camera = pushCamera()
  t.teardown(camera.close)
  const drawn: string[][] = []
  const live = createBoxedLive({
    async annotate({ format }, captions) {
      drawn.push([format, ...captions.map(({ text }) => text)])
      return Buffer.from('drawn')
    },
    width: 960,
    latest: () => resultFixture({ frame: { ...resultFixture().frame, id: 2 } }),
    onError: unexpected,
  })
  camera.push(jpeg)
  const [a, b] = [viewer(), viewer()]
  const leaving = new AbortController()
  for (const each of [a, b]) live.watch(camera, each, leaving.signal)
  camera.push(jpeg)
  await turn()
  t.match(a.frames, [{ id: 1 }, { id: 2, boxesOf: 2, jpeg: Buffer.from('drawn') }])
  t.equal(a.frames[0], b.frames[0])
  t.same(drawn, [['jpeg'], ['jpeg', 'person 87 %']])
  leaving.abort()
  camera.push(jpeg)
  await turn()
  t.equal(drawn.length, 2)
})

t.test('boxes that are too old for the picture are left out, unless they are its own', async t => {
  const camera = pushCamera()
  t.teardown(camera.close)
  camera.push(jpeg)
  const capturedWallMs = camera.latest()!.capturedWallMs
  const boxesOf = async (id: number, secondsBefore: number) => {
    const capturedAt = isoTime(capturedWallMs - secondsBefore * 1000)
    const result = resultFixture({ frame: { ...resultFixture().frame, id, capturedAt } })
    const live = createBoxedLive({
      annotate: async (_, captions) => Buffer.from(String(captions.length)),
      width: 960,
      latest: () => result,
      onError: unexpected,
    })
    const frame = await live.still(camera)
    return [Buffer.from(frame.jpeg).toString(), frame.boxesOf]
  }
  t.same(await boxesOf(9, 1.9), ['1', 9])
  t.same(await boxesOf(9, 2.1), ['0', undefined])
  t.same(await boxesOf(9, -3600), ['0', undefined], 'the clock was set back')
  t.same(await boxesOf(1, 60), ['1', 1])
})

t.test('a still is drawn anew when newer boxes are there', async t => {
  const camera = pushCamera()
  t.teardown(camera.close)
  camera.push(jpeg)
  let id = 1
  const live = createBoxedLive({
    annotate: async () => Buffer.from('drawn'),
    width: 960,
    latest: () =>
      resultFixture({
        frame: {
          ...resultFixture().frame,
          id,
          capturedAt: isoTime(camera.latest()!.capturedWallMs),
        },
      }),
    onError: unexpected,
  })
  const first = await live.still(camera)
  t.equal(await live.still(camera), first)
  id = 2
  t.not(await live.still(camera), first)
  t.equal(live.status().encoded, 2)
})

/** Fails the test that it happens in. */
function unexpected(error: unknown): never {
  throw error
}

async function neverEncode(): Promise<Uint8Array> {
  throw new Error('there was nothing to encode')
}
