import t, { type Test } from 'tap'
import { type LibcameraOptions, libcameraSource } from '../../src/camera/libcamera.js'
import { supervise } from '../../src/camera/supervise.js'
import { childrenOf, collector, memoryLog, toolDir, until } from '../fixtures/camera.js'

const never = new AbortController().signal
const small = { width: 64, height: 2 }

async function argvOf(t: Test, options: LibcameraOptions): Promise<string> {
  const path = await toolDir(t, { 'rpicam-vid': 'argv' })
  const run = libcameraSource({ ...options, path }).run(collector(), never)
  const error = await run.catch(error => error)
  const [, json = '[]'] = /: (\[.*)$/.exec(error.message) ?? []
  const argv: string[] = JSON.parse(json)
  return argv.join(' ')
}

t.test('pictures come raw from rpicam-vid', async t => {
  const path = await toolDir(t, { 'rpicam-vid': 'frames' })
  const stop = new AbortController()
  const sink = collector()
  const source = libcameraSource({ ...small, path })
  t.match(source, { kind: 'libcamera', label: 'CSI camera 0' })
  const run = source.run(sink, stop.signal)
  await until(() => sink.pictures.length > 4)
  stop.abort(new Error('enough'))
  await t.rejects(run, { message: 'enough' })
  t.match(sink.pictures[0], { format: 'yuv420', ...small, data: Buffer.alloc(192, 1) })
  t.match(sink.pictures[1]?.data[0], 2)
})

t.test('padded rows are told to the splitter', async t => {
  const path = await toolDir(t, { 'libcamera-vid': 'stops' })
  const stop = new AbortController()
  const sink = collector()
  const source = libcameraSource({ width: 32, height: 2, stride: 64, path })
  // The fake writes 2 * 48 bytes; with padding that is one picture of 96.
  const run = source.run(sink, stop.signal)
  await until(() => sink.pictures.length > 0)
  stop.abort()
  await t.rejects(run)
  t.match(sink.pictures, [{ width: 32, height: 2 }])
})

t.test('the command line holds what was asked for and nothing else', async t => {
  t.equal(
    await argvOf(t, {}),
    '-n -t 0 --camera 0 --codec yuv420 --width 1280 --height 720 --framerate 15 --flush -o -',
  )
  const all = { camera: 1, codec: 'mjpeg', width: 640, height: 480, fps: 30 } as const
  t.equal(
    await argvOf(t, { ...all, hflip: true, vflip: true, rotation: 180 }),
    '-n -t 0 --camera 1 --codec mjpeg --width 640 --height 480 --framerate 30 -q 70 --hflip --vflip --rotation 180 --flush -o -',
  )
  t.notMatch(await argvOf(t, { hflip: false, vflip: false, rotation: 0 }), /flip|rotation/)
})

t.test('a board without the tools says which package brings them', async t => {
  const run = libcameraSource({ path: '/nowhere' }).run(collector(), never)
  await t.rejects(run, { code: 'TOOL_MISSING', message: /rpicam-apps/ })
})

t.test('a half picture and an exit are CAMERA_FAILED', async t => {
  const path = await toolDir(t, { 'rpicam-vid': 'half' })
  const sink = collector()
  const run = libcameraSource({ ...small, path }).run(sink, never)
  await t.rejects(run, { code: 'CAMERA_FAILED', message: /exit code 3: it said nothing/ })
  t.equal(sink.pictures.length, 1)
})

for (const mode of ['stops', 'closes', 'half', 'fails', 'stubborn']) {
  t.test(`a camera that ${mode} is started again, and nothing of it stays`, async t => {
    const path = await toolDir(t, { 'rpicam-vid': mode })
    const log = memoryLog()
    const source = libcameraSource({ ...small, path })
    const times = { startMs: 2000, stallMs: 100, retryMs: [10] as const }
    const camera = supervise({ id: 'csi', source, log, ...times })
    if (mode === 'stubborn') await until(() => camera.status().frames > 3)
    else await until(() => camera.status().restarts > 1, 'a second restart')
    await camera.close()
    t.same(childrenOf(process.pid), [])
    t.notMatch(JSON.stringify(log.lines), /SECRET/)
    if (mode !== 'stubborn') t.match(log.lines[1], { level: 'warn' })
  })
}
