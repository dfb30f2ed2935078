import { setTimeout } from 'node:timers/promises'
import t from 'tap'
import { replaySource } from '../../src/camera/replay.js'
import { supervise } from '../../src/camera/supervise.js'
import { monotonicMs } from '../../src/lib/clock.js'
import { collector, memoryLog, until } from '../fixtures/camera.js'
import { tinyJpeg } from '../fixtures/jpeg.js'

const never = new AbortController().signal
const wide = (width: number) => tinyJpeg({ width })
const stream = (count: number) =>
  Buffer.concat(Array.from({ length: count }, (_, at) => wide(at + 1)))

t.test('a folder is shown in natural order, and only its pictures', async t => {
  const path = t.testdir({
    '10.jpg': wide(10),
    '2.JPEG': wide(2),
    '1.jpg': wide(1),
    'notes.txt': 'no picture',
    '3.jpg': 'no picture either',
  })
  const sink = collector()
  await replaySource({ path, pace: 'taken' }).run(sink, never)
  t.same(
    sink.pictures.map(({ width }) => width),
    [1, 2, 10],
  )
})

t.test('a file of JPEGs is shown once at its rate, and the camera ends', async t => {
  const path = `${t.testdir({ 'clip.mjpeg': stream(10) })}/clip.mjpeg`
  const began = monotonicMs()
  const source = replaySource({ path, fps: 100 })
  const camera = supervise({ id: 'clip', source, log: memoryLog() })
  await until(() => camera.status().state === 'ended')
  t.ok(monotonicMs() - began >= 95)
  t.match(camera.status(), { state: 'ended', frames: 10, kind: 'replay', label: path, error: null })
  t.match(await camera.next(), { id: 10, picture: { width: 10 } })
  t.equal(await camera.next(), undefined)
})

t.test('at the pace of taking no frame is lost, however slow the taker', async t => {
  const path = `${t.testdir({ 'clip.mjpeg': stream(30) })}/clip.mjpeg`
  const source = replaySource({ path, pace: 'taken' })
  const camera = supervise({ id: 'clip', source, log: memoryLog() })
  const widths: number[] = []
  for (let frame = await camera.next(); frame; frame = await camera.next()) {
    widths.push(frame.picture.width)
    await setTimeout(3)
  }
  t.same(
    widths,
    Array.from({ length: 30 }, (_, at) => at + 1),
  )
  t.match(camera.status(), { state: 'ended', dropped: 0 })
})

t.test('a loop goes on until it is closed', async t => {
  const path = t.testdir({ '1.jpg': wide(1), '2.jpg': wide(2) })
  const source = replaySource({ path, fps: 120, loop: true })
  const camera = supervise({ id: 'clip', source, log: memoryLog() })
  await until(() => camera.status().frames > 6)
  t.match(camera.latest(), { picture: { format: 'jpeg' } })
  await camera.close()
})

t.test('an abort ends it in the middle', async t => {
  const path = `${t.testdir({ 'clip.mjpeg': stream(100) })}/clip.mjpeg`
  const stop = new AbortController()
  const sink = collector()
  const run = replaySource({ path, fps: 100 }).run(sink, stop.signal)
  await until(() => sink.pictures.length > 2)
  stop.abort()
  await t.rejects(run)
  t.ok(sink.pictures.length < 50)
})

t.test('nothing to show is CAMERA_FAILED', async t => {
  const failed = (message: RegExp) => ({ code: 'CAMERA_FAILED', message })
  const missing = replaySource({ path: '/nowhere/at/all' }).run(collector(), never)
  await t.rejects(missing, failed(/expected a folder or a file/))
  const path = t.testdir({ 'a.txt': 'text' })
  const empty = replaySource({ path, loop: true }).run(collector(), never)
  await t.rejects(empty, failed(/expected a whole JPEG, found none/))
})
