import { getEventListeners } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { Source } from '../../src/camera/camera.js'
import { type SuperviseOptions, supervise } from '../../src/camera/supervise.js'
import type { Frame } from '../../src/frame/frame.js'
import { monotonicMs } from '../../src/lib/clock.js'
import { SquintError } from '../../src/lib/errors.js'
import { sleep } from '../../src/lib/sleep.js'
import { memoryLog, until } from '../fixtures/camera.js'
import { tinyYuv } from '../fixtures/yuv.js'

function open(t: Test, run: Source['run'], more: Partial<SuperviseOptions> = {}) {
  const log = memoryLog()
  const source: Source = { kind: 'replay', label: 'test', run }
  const times = { startMs: 200, stallMs: 50, retryMs: [10] as const, closeMs: 100 }
  const camera = supervise({ id: 'porch', source, log, ...times, ...more })
  t.teardown(() => camera.close())
  return { camera, log }
}

/** Gives a picture each 5 ms until it is stopped. */
const steady: Source['run'] = async (sink, signal) => {
  for (let value = 0; ; value += 1) {
    sink.put(tinyYuv(value))
    await sleep(5, signal)
  }
}

t.test('frames are numbered, stamped and handed out newest first', async t => {
  const { camera } = open(t, steady)
  const first = await camera.next()
  t.match(first, { camera: 'porch', id: 1, picture: { format: 'yuv420' } })
  await setTimeout(60)
  const later = await camera.next()
  t.ok(later!.id > 3)
  t.ok(later!.capturedAt > first!.capturedAt)
  t.ok(camera.latest()!.id >= later!.id)
  const status = camera.status()
  t.match(status, { id: 'porch', kind: 'replay', label: 'test', state: 'streaming' })
  t.match(status, { width: 2, height: 2, restarts: 0, error: null, lost: 0 })
  t.ok(status.dropped >= later!.id - 3)
  t.ok(status.fps > 10)
  t.ok(status.ageMs! < 50)
})

t.test('before the first picture a camera is starting and knows no size', async t => {
  const { camera } = open(t, (_, signal) => sleep(60_000, signal))
  t.match(camera.status(), { state: 'starting', frames: 0, fps: 0 })
  t.match(camera.status(), { ageMs: null, width: null, height: null })
  t.equal(camera.latest(), undefined)
})

t.test('a source that stalls is started again, and numbers go on', async t => {
  let lives = 0
  const { camera, log } = open(t, async (sink, signal) => {
    lives += 1
    sink.put(tinyYuv(lives))
    sink.put(tinyYuv(lives))
    if (lives === 1) await sleep(60_000, signal)
    else await steady(sink, signal)
  })
  await until(() => camera.status().frames > 4)
  t.match(camera.status(), { state: 'streaming', restarts: 1, error: null })
  t.equal(camera.latest()!.id, camera.status().frames)
  t.match(log.lines[1], { level: 'warn', fields: { code: 'CAMERA_STALLED', camera: 'porch' } })
})

t.test('a try that was long itself is not followed by a long wait', async t => {
  const begun: number[] = []
  open(
    t,
    (_, signal) => {
      begun.push(monotonicMs())
      return sleep(60_000, signal)
    },
    { startMs: 300, retryMs: [10, 500] },
  )
  await until(() => begun.length === 4)
  const [, first = 0, second = 0, third = 0] = begun
  t.ok(second - first < 750, `${second - first} ms: the step counts from the beginning`)
  t.ok(third - second > 400, `${third - second} ms: but it counts`)
})

t.test('a broken source waits, tells why without secrets, and is tried again', async t => {
  const message = 'cannot open rtsp://user:SECRET@host/live?pwd=SECRET'
  const { camera, log } = open(t, async () => {
    throw new SquintError('CAMERA_FAILED', message)
  })
  await until(() => camera.status().restarts > 2)
  await until(() => camera.status().state === 'waiting')
  const error = { code: 'CAMERA_FAILED', message: 'cannot open rtsp://***' } as const
  t.match(camera.status(), { state: 'waiting', error, frames: 0 })
  t.notMatch(JSON.stringify([log.lines, camera.status()]), /SECRET/)
})

t.test('unknown errors are told as INTERNAL, masked too', async t => {
  const { camera } = open(t, () => Promise.reject(new Error('http://a:SECRET@h')))
  await until(() => camera.status().state === 'waiting')
  t.match(camera.status().error, { code: 'INTERNAL', message: 'http://***' })
})

t.test('material that ends leaves its last frame and then nothing', async t => {
  const { camera } = open(t, async sink => {
    sink.put(tinyYuv(1))
    sink.put(tinyYuv(2))
  })
  await until(() => camera.status().state === 'ended')
  t.match(await camera.next(), { id: 2 })
  t.equal(await camera.next(), undefined)
  t.match(camera.status(), { state: 'ended', frames: 2, restarts: 0, error: null })
  await camera.close()
  t.equal(camera.status().state, 'closed')
})

t.test('a source that waits for its pictures to be taken loses none', async t => {
  const { camera } = open(t, async (sink, signal) => {
    for (let value = 0; value < 20; value += 1) {
      sink.put(tinyYuv(value))
      await sink.taken(signal)
    }
  })
  const seen: number[] = []
  for (let frame = await camera.next(); frame; frame = await camera.next()) {
    seen.push(frame.id)
    await setTimeout(2)
  }
  t.same(
    seen,
    Array.from({ length: 20 }, (_, at) => at + 1),
  )
  t.equal(camera.status().dropped, 0)
})

t.test('watchers see every frame, and one that throws disturbs nobody', async t => {
  const { camera, log } = open(t, steady)
  const seen: number[] = []
  const stop = new AbortController()
  const bad = () => {
    throw new Error('viewer of http://a:SECRET@h broke')
  }
  camera.watch(bad, stop.signal)
  camera.watch((frame: Frame) => seen.push(frame.id), stop.signal)
  await until(() => seen.length > 5)
  const [first = 0] = seen
  t.same(
    seen,
    seen.map((_, at) => first + at),
  )
  const warnings = log.lines.filter(({ level }) => level === 'warn')
  t.equal(warnings.length, 1)
  t.notMatch(JSON.stringify(warnings), /SECRET/)
  stop.abort()
  const { length } = seen
  camera.watch((frame: Frame) => seen.push(frame.id), stop.signal)
  await setTimeout(30)
  t.equal(seen.length, length)
})

t.test('viewers that come and go leave nothing behind, and neither does a camera', async t => {
  const { camera } = open(t, steady)
  const warnings: string[] = []
  const onWarning = ({ message }: Error) => warnings.push(message)
  process.on('warning', onWarning)
  t.teardown(() => process.off('warning', onWarning))
  for (let i = 0; i < 20; i++) {
    const stop = new AbortController()
    camera.watch(() => undefined, stop.signal)
    stop.abort()
  }
  const stays = new AbortController()
  camera.watch(() => undefined, stays.signal)
  t.equal(getEventListeners(stays.signal, 'abort').length, 1)
  await camera.close()
  t.same(getEventListeners(stays.signal, 'abort'), [])
  t.same(warnings, [])
})

t.test('a source is told to rest, and the status tells whether it does', async t => {
  const told: boolean[] = []
  let resting = false
  const source: Source = {
    kind: 'ffmpeg',
    label: 'test',
    async run(sink, signal) {
      sink.alive()
      await steady(sink, signal)
    },
    rest(quiet) {
      told.push(quiet)
      resting = quiet
    },
    get resting() {
      return resting
    },
  }
  const camera = supervise({ id: 'porch', source, log: memoryLog() })
  t.teardown(() => camera.close())
  t.equal(camera.status().resting, false)
  camera.rest(true)
  t.equal(camera.status().resting, true)
  camera.rest(false)
  t.equal(camera.status().resting, false)
  t.same(told, [true, false])
})

t.test('a source that cannot rest does not', async t => {
  const { camera } = open(t, steady)
  camera.rest(true)
  t.equal(camera.status().resting, false)
})

t.test('lost pictures are counted, and logged once', async t => {
  const { camera, log } = open(t, async (sink, signal) => {
    sink.lost('torn')
    sink.lost('torn')
    await steady(sink, signal)
  })
  t.equal(camera.status().lost, 2)
  t.equal(log.lines.filter(({ message }) => message === 'first picture lost').length, 1)
})

t.test('close ends everything, at any time and twice', async t => {
  const { camera } = open(t, steady)
  camera.watch(() => {}, new AbortController().signal)
  await until(() => camera.status().frames > 2)
  await Promise.all([camera.close(), camera.close()])
  await camera.close()
  const { frames, state } = camera.status()
  t.equal(state, 'closed')
  t.equal(await camera.next(), undefined)
  camera.watch(() => t.fail('a closed camera has no frames'), new AbortController().signal)
  await setTimeout(20)
  t.equal(camera.status().frames, frames)
})

t.test('close ends a waiting next, and the wait for the next try', async t => {
  const { camera } = open(t, () => Promise.reject(new Error('no')), { retryMs: [60_000] })
  const waiting = camera.next()
  await until(() => camera.status().state === 'waiting')
  await camera.close()
  t.equal(await waiting, undefined)
  t.match(camera.status(), { state: 'closed', restarts: 0 })
})

t.test('a source that does not settle cannot hold close up', async t => {
  const { camera, log } = open(t, () => new Promise(() => {}))
  await camera.close()
  t.match(log.lines.at(-1), { level: 'warn', message: 'camera source did not settle' })
})
