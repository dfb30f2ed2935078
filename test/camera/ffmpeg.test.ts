import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { type FfmpegOptions, ffmpegSource } from '../../src/camera/ffmpeg.js'
import { supervise } from '../../src/camera/supervise.js'
import { findTool } from '../../src/lib/child.js'
import { childrenOf, collector, memoryLog, toolDir, until } from '../fixtures/camera.js'
import { h264Clip } from '../fixtures/flv.js'
import { rtspCamera } from '../fixtures/rtsp-camera.js'

const never = new AbortController().signal
const skip = (await findTool('ffmpeg')) ? false : 'ffmpeg is not installed'

/** A clip of moving colours, made by ffmpeg itself. */
function clip(t: Test, name: string, { seconds = 2, size = '322x242', rate = 10 } = {}): string {
  const file = `${t.testdir()}/${name}`
  const from = ['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=${rate}:duration=${seconds}`]
  execFileSync('ffmpeg', ['-loglevel', 'error', ...from, '-pix_fmt', 'yuvj420p', file])
  return file
}

async function play(options: FfmpegOptions) {
  const sink = collector()
  await ffmpegSource(options).run(sink, never)
  return sink
}

/** The argv that a tool gets for these options. */
async function argvOf(t: Test, options: FfmpegOptions): Promise<string> {
  const tool = `${await toolDir(t, { ffmpeg: 'argv' })}/ffmpeg`
  const run = ffmpegSource({ ...options, tool }).run(collector(), never)
  const message = await run.then(
    () => 'it ended well',
    error => error.message,
  )
  return message
}

t.test('a video file comes as raw pictures, all of them, and ends', { skip }, async t => {
  const input = clip(t, 'clip.mp4')
  const { pictures } = await play({ input, realtime: false })
  t.equal(pictures.length, 20)
  t.match(pictures, Array(20).fill({ format: 'yuv420', width: 322, height: 242 }))
  const distinct = new Set(pictures.map(({ data }) => Buffer.from(data).toString('base64')))
  t.equal(distinct.size, 20)
})

t.test('a video of limited range comes out in full range, as JPEGs are', { skip }, async t => {
  for (const [colour, luma] of [
    ['white', 255],
    ['black', 0],
  ] as const) {
    const input = `${t.testdir()}/plain.mp4`
    const from = ['-f', 'lavfi', '-i', `color=${colour}:size=64x48:rate=5:duration=1`]
    execFileSync('ffmpeg', ['-loglevel', 'error', ...from, '-pix_fmt', 'yuv420p', input])
    const [picture] = (await play({ input, realtime: false })).pictures
    t.ok(Math.abs(picture!.data[0]! - luma) <= 1, `${colour} is ${picture!.data[0]}`)
  }
})

t.test('pictures are scaled down to the width, with even sizes', { skip }, async t => {
  const input = clip(t, 'clip.mkv')
  const [picture] = (await play({ input, realtime: false, width: 160 })).pictures
  t.match(picture, { width: 160, height: 120 })
})

t.test('the rate of a file is limited', { skip }, async t => {
  const input = clip(t, 'clip.mp4')
  const { pictures } = await play({ input, realtime: false, fps: 5 })
  t.ok(pictures.length >= 9 && pictures.length <= 11, `${pictures.length} of 20`)
})

t.test('an .mjpeg file is passed on as JPEGs', { skip }, async t => {
  const input = clip(t, 'clip.mjpeg')
  const { pictures, losses } = await play({ input, realtime: false, fps: 10 })
  t.equal(pictures.length, 20)
  t.match(pictures, Array(20).fill({ format: 'jpeg', width: 322, height: 242 }))
  t.same(losses, [])
})

t.test('a file plays at its own speed unless told otherwise', { skip }, async t => {
  const stop = new AbortController()
  const sink = collector()
  const input = clip(t, 'clip.mp4', { seconds: 60 })
  const run = ffmpegSource({ input }).run(sink, stop.signal)
  await until(() => sink.pictures.length > 0)
  await setTimeout(500)
  t.ok(sink.pictures.length < 40, `${sink.pictures.length} pictures in half a second`)
  stop.abort(new Error('enough'))
  await t.rejects(run, { message: 'enough' })
  t.same(childrenOf(process.pid), [])
})

t.test('a looping file begins again', { skip }, async t => {
  const stop = new AbortController()
  const sink = collector()
  const input = clip(t, 'clip.mp4', { seconds: 1 })
  const run = ffmpegSource({ input, realtime: false, loop: true }).run(sink, stop.signal)
  await until(() => sink.pictures.length > 25)
  stop.abort()
  await t.rejects(run)
})

t.test('a looping file in real time begins again, also while it rests', { skip }, async t => {
  const stop = new AbortController()
  const sink = collector()
  const source = ffmpegSource({ input: h264Clip(t, { seconds: 1 }), loop: true })
  source.rest?.(true)
  const run = source.run(sink, stop.signal)
  await until(() => sink.pictures.length > 2)
  source.rest?.(false)
  await until(() => sink.pictures.length > 15)
  stop.abort()
  await t.rejects(run)
})

t.test('without real time ffmpeg is held back and every frame is taken', { skip }, async t => {
  const input = clip(t, 'clip.mp4', { seconds: 4 })
  const source = ffmpegSource({ input, realtime: false })
  const camera = supervise({ id: 'clip', source, log: memoryLog() })
  const ids: number[] = []
  for (let frame = await camera.next(); frame; frame = await camera.next()) {
    ids.push(frame.id)
    await setTimeout(5)
  }
  t.equal(ids.length, 40)
  t.match(camera.status(), { state: 'ended', frames: 40, dropped: 0, kind: 'ffmpeg', label: input })
})

t.test('a file that is missing or no video is CAMERA_FAILED', { skip }, async t => {
  const missing = play({ input: `${t.testdirName}/missing.mp4` })
  await t.rejects(missing, { code: 'CAMERA_FAILED', message: /No such file/ })
  const dir = t.testdir({ 'text.mp4': 'this is text' })
  await t.rejects(play({ input: `${dir}/text.mp4` }), { code: 'CAMERA_FAILED' })
})

t.test('a playlist cannot make ffmpeg open anything else', { skip }, async t => {
  const secret = clip(t, 'secret.mkv')
  const list = `#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nconcat:${secret}\n#EXT-X-ENDLIST\n`
  await writeFile(`${t.testdirName}/list.m3u8`, list)
  await t.rejects(play({ input: `${t.testdirName}/list.m3u8`, realtime: false }))
})

/** A camera with a web server: MJPEG as multipart, 50 pictures a second. */
async function webCamera(t: Test): Promise<string> {
  const from = ['-f', 'lavfi', '-i', 'testsrc2=size=320x240', '-frames:v', '1', '-f', 'mjpeg', '-']
  const jpeg = execFileSync('ffmpeg', ['-loglevel', 'error', ...from])
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'multipart/x-mixed-replace; boundary=part' })
    const head = `--part\r\nContent-Type: image/jpeg\r\nContent-Length: ${jpeg.length}\r\n\r\n`
    const part = Buffer.concat([Buffer.from(head), jpeg, Buffer.from('\r\n')])
    const timer = setInterval(() => response.write(part), 20)
    response.on('close', () => clearInterval(timer))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.closeAllConnections())
  t.teardown(() => server.close())
  const address = server.address()
  return `http://user:SECRET@127.0.0.1:${typeof address === 'object' && address?.port}/mjpg`
}

t.test('a web camera is passed on as JPEGs, not faster than asked', { skip }, async t => {
  const input = await webCamera(t)
  const count = async (fps: number | undefined) => {
    const stop = new AbortController()
    const sink = collector()
    const source = ffmpegSource({ input, fps })
    t.notMatch(source.label, /SECRET/)
    const run = source.run(sink, stop.signal)
    await until(() => sink.pictures.length > 0)
    await setTimeout(600)
    stop.abort()
    await t.rejects(run)
    t.match(sink.pictures[0], { format: 'jpeg', width: 320, height: 240 })
    return sink.pictures.length
  }
  const limited = await count(5)
  t.ok(limited <= 5, `${limited} in 0.6 s at 5 per second`)
  t.ok((await count(undefined)) > limited)
})

t.test('an RTSP camera with H.264 rests, without being opened again', { skip }, async t => {
  const { url: input, opened } = await rtspCamera(t, h264Clip(t), 10)
  const source = ffmpegSource({ input })
  const times = { startMs: 15_000, stallMs: 2000 }
  const camera = supervise({ id: 'gate', source, log: memoryLog(), ...times })
  t.teardown(() => camera.close())
  await until(() => camera.status().frames > 12)
  camera.rest(true)
  t.equal(camera.status().resting, true)
  // what the camera had sent while it was being opened may still be on its way
  await setTimeout(500)
  const before = camera.status().frames
  await setTimeout(3000)
  const rested = camera.status().frames - before
  t.ok(rested >= 2 && rested <= 4, `${rested} pictures in 3 s with a key frame each second`)
  camera.rest(false)
  await setTimeout(1000)
  const awake = camera.status().frames - before - rested
  t.ok(awake >= 6, `${awake} pictures in 1 s`)
  t.match(camera.status(), { restarts: 0, resting: false, lost: 0 })
  t.equal(opened(), 1)
})

t.test('a video of another kind is decoded in full, and asked about once', { skip }, async t => {
  const input = `${t.testdir()}/clip.mkv`
  const from = ['-f', 'lavfi', '-i', 'testsrc2=size=64x48:rate=10:duration=1']
  execFileSync('ffmpeg', ['-loglevel', 'error', ...from, '-c:v', 'mpeg4', input])
  const starts = `${t.testdirName}/starts`
  const tool = `${t.testdirName}/ffmpeg`
  await writeFile(tool, `#!/bin/sh\necho >>${starts} "$*"\nexec ffmpeg "$@"\n`, { mode: 0o755 })
  const source = ffmpegSource({ input, tool })
  source.rest?.(true)
  const sink = collector()
  await source.run(sink, never)
  await source.run(sink, never)
  t.equal(sink.pictures.length, 20)
  t.equal(source.resting, false)
  const opened = (await readFile(starts, 'utf8')).trim().split('\n')
  t.same(
    opened.map(args => args.includes('flv')),
    [true, false, false],
  )
})

t.test('H.264 may be decoded in full always', { skip }, async t => {
  const source = ffmpegSource({ input: h264Clip(t, { seconds: 1 }), keyFrames: 'off' })
  source.rest?.(true)
  const sink = collector()
  await source.run(sink, never)
  t.equal(sink.pictures.length, 10)
})

t.test('real ffmpeg accepts all RTSP options, and tells no secret', { skip }, async t => {
  for (const scheme of ['rtsp', 'rtsps']) {
    const run = play({ input: `${scheme}://user:SECRET@127.0.0.1:1/live?pwd=SECRET` })
    const error = await run.catch(error => error)
    t.match(error, { code: 'CAMERA_FAILED', message: /refused/ })
    t.notMatch(error.message, /SECRET/)
  }
})

t.test('nothing secret leaves a camera whose tool babbles', async t => {
  const tool = `${await toolDir(t, { ffmpeg: 'fails' })}/ffmpeg`
  const log = memoryLog()
  const source = ffmpegSource({ input: 'rtsp://user:SECRET@host/live?pwd=SECRET', tool })
  const camera = supervise({ id: 'gate', source, log })
  await until(() => camera.status().state === 'waiting')
  t.match(camera.status(), { label: 'rtsp://host/***', error: { code: 'CAMERA_FAILED' } })
  t.notMatch(JSON.stringify([log.lines, camera.status()]), /SECRET/)
  await camera.close()
})

t.test('a missing ffmpeg is named', async t => {
  const run = ffmpegSource({ input: '/a.mp4', tool: '/nowhere/ffmpeg' }).run(collector(), never)
  await t.rejects(run, { code: 'TOOL_MISSING', message: /package ffmpeg/ })
})

t.test('a device is asked for JPEGs of a size, or for raw pictures', async t => {
  const device = await argvOf(t, { input: '/dev/video0', width: 640, height: 480, fps: 15 })
  const words = (text: string) => JSON.stringify(text.split(' ')).slice(1, -1)
  t.ok(device.includes(words('-f v4l2 -video_size 640x480 -framerate 15 -input_format mjpeg')))
  t.ok(device.includes(words('-i /dev/video0 -an -sn -dn -c:v copy -f mjpeg')))
  const raw = await argvOf(t, { input: '/dev/video0', deviceFormat: 'raw' })
  t.ok(raw.includes(words('-f v4l2 -video_size 1280x720 -i /dev/video0')))
  t.ok(raw.includes(words('-pix_fmt yuv420p -f yuv4mpegpipe')))
})

t.test('no input becomes more than one argument', async t => {
  const inputs = ['/tmp/a -i b.mp4', '/tmp/$(id);`id`.mp4', '/tmp/\'"\\.mp4']
  for (const input of inputs) {
    const source = ffmpegSource({ input, tool: `${await toolDir(t, { ffmpeg: 'argv' })}/ffmpeg` })
    await source.run(collector(), never)
  }
  await t.rejects(async () => ffmpegSource({ input: '-i evil' }), { code: 'CONFIG_INVALID' })
})
